import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's console tools one after the other in one JVM and prints what each printed and its exit code. The only
 * argument is a script: a command a line, words in single quotes where they have spaces, and an input after "<<<"
 * (in which a backslash and n is a line end, a backslash and t a tab).
 */
public final class ConsoleTools {
    private static final Map<String, String> TOOLS = Map.ofEntries(
            Map.entry("kafka-topics", "org.apache.kafka.tools.TopicCommand"),
            Map.entry("kafka-configs", "kafka.admin.ConfigCommand"),
            Map.entry("kafka-console-producer", "org.apache.kafka.tools.ConsoleProducer"),
            Map.entry("kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
            Map.entry("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
            Map.entry("kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
            Map.entry("kafka-dump-log", "org.apache.kafka.tools.DumpLogSegments"),
            Map.entry("kafka-groups", "org.apache.kafka.tools.GroupsCommand"),
            Map.entry("kafka-log-dirs", "org.apache.kafka.tools.LogDirsCommand"),
            Map.entry("kafka-features", "org.apache.kafka.tools.FeatureCommand"),
            Map.entry("kafka-metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand"),
            Map.entry("kafka-transactions", "org.apache.kafka.tools.TransactionsCommand"),
            Map.entry("kafka-leader-election", "org.apache.kafka.tools.LeaderElectionCommand"));
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    /** What a tool wants done when its JVM ends, which is here when the tool ends: a producer sends the rest. */
    private static final List<Runnable> HOOKS = new ArrayList<>();

    /** The exit code that the running tool asked for first; some tools catch what their own exit throws here. */
    private static Integer exitCode;

    private static final class Exited extends RuntimeException {
    }

    private ConsoleTools() {
    }

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        Exit.setExitProcedure((code, message) -> exit(code));
        Exit.setHaltProcedure((code, message) -> exit(code));
        Exit.setShutdownHookAdder((name, hook) -> HOOKS.add(hook));
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
            int code = run(line);
            HOOKS.forEach(Runnable::run);
            HOOKS.clear();
            System.out.flush();
            out.println("$ " + line);
            out.print(printed.toString(StandardCharsets.UTF_8));
            errors.toString(StandardCharsets.UTF_8).lines()
                    .filter(text -> !text.isBlank() && !text.startsWith("\tat ") && !text.startsWith("Caused by: "))
                    .forEach(text -> out.println("! " + text));
            out.println("exit " + code);
            out.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void exit(int code) {
        if (exitCode == null) {
            exitCode = code;
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        }
        throw new Exited();
    }

    private static int run(String line) {
        exitCode = null;
        String[] parts = line.split(" <<< ", 2);
        String input = parts.length == 1 ? "" : parts[1].replace("\\n", "\n").replace("\\t", "\t");
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(parts[0]); word.find();) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        String[] args = words.subList(1, words.size()).toArray(new String[0]);
        try {
            Class.forName(TOOLS.get(words.get(0))).getMethod("main", String[].class).invoke(null, (Object) args);
            return exitCode == null ? 0 : exitCode;
        } catch (InvocationTargetException e) {
            if (exitCode != null) {
                return exitCode;
            }
            System.err.println(e.getCause());
            return 1;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
