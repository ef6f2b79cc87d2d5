import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.Map;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Kafka's own serializers as an oracle: reads lines {"name", "version", "json"} and prints each with "json" as Kafka
 * writes it and "hex", its bytes.
 */
public final class Codec {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> PACKAGES = List.of(
        "org.apache.kafka.common.message.",
        "org.apache.kafka.common.metadata.",
        "org.apache.kafka.coordinator.group.generated.",
        "org.apache.kafka.coordinator.share.generated.",
        "org.apache.kafka.coordinator.transaction.generated.",
        "org.apache.kafka.raft.generated.",
        "org.apache.kafka.server.log.remote.metadata.storage.generated.",
        "org.apache.kafka.storage.internals.log.generated.",
        "org.apache.kafka.server.generated.");
    private static final Map<String, Class<?>> CONVERTERS = new ConcurrentHashMap<>();

    private Codec() {
    }

    public static void main(String[] args) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            ObjectNode fact = (ObjectNode) MAPPER.readTree(line);
            try {
                convert(fact);
            } catch (ReflectiveOperationException | RuntimeException e) {
                Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
                fact.put("error", cause.toString());
            }
            System.out.println(MAPPER.writeValueAsString(fact));
        }
    }

    private static void convert(ObjectNode fact) throws ReflectiveOperationException {
        Class<?> converter = converterOf(fact.get("name").asText());
        short version = fact.get("version").shortValue();
        Message message = (Message) converter.getMethod("read", JsonNode.class, short.class)
            .invoke(null, fact.get("json"), version);
        Method write = converter.getMethod("write", message.getClass(), short.class, boolean.class);
        fact.set("json", (JsonNode) write.invoke(null, message, version, true));
        fact.put("hex", HexFormat.of().formatHex(bytesOf(message, version)));
    }

    private static byte[] bytesOf(Message message, short version) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(message, version);
        byte[] copy = new byte[bytes.buffer().remaining()];
        bytes.buffer().get(copy);
        return copy;
    }

    private static Class<?> converterOf(String name) {
        return CONVERTERS.computeIfAbsent(name, unknown -> {
            for (String prefix : PACKAGES) {
                for (String suffix : List.of("DataJsonConverter", "JsonConverter")) {
                    try {
                        return Class.forName(prefix + name + suffix);
                    } catch (ClassNotFoundException e) {
                        // In another package, then.
                    }
                }
            }
            throw new IllegalArgumentException("Kafka has no message " + name);
        });
    }
}
