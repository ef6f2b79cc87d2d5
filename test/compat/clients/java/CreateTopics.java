import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Creates topics: bootstrap, then for each topic name:partitions[:key=value;key=value]. */
public final class CreateTopics {
    public static void main(String[] args) throws Exception {
        List<NewTopic> topics = Stream.of(args).skip(1).map(CreateTopics::topic).toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
            admin.createTopics(topics).all().get();
        }
        Facts.print("created", "topics", topics.stream().map(NewTopic::name).toList());
    }

    private static NewTopic topic(String text) {
        String[] parts = text.split(":", 3);
        Map<String, String> configs = new HashMap<>();
        if (parts.length == 3) {
            for (String config : parts[2].split(";")) {
                String[] pair = config.split("=", 2);
                configs.put(pair[0], pair[1]);
            }
        }
        return new NewTopic(parts[0], Integer.parseInt(parts[1]), (short) 1).configs(configs);
    }
}
