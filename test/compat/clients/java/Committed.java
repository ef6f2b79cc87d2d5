import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads committed positions with a new consumer: bootstrap, then topic and group for each pair. */
public final class Committed {
    public static void main(String[] args) {
        for (int i = 1; i < args.length; i += 2) {
            print(args[0], args[i], args[i + 1]);
        }
    }

    private static void print(String bootstrap, String topic, String group) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", group);
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", StringDeserializer.class.getName());
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition())).toList();
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata position = committed.get(partition);
                Facts.print("committed", "group", group, "topic", topic, "partition", partition.partition(),
                        "offset", position == null ? null : position.offset(),
                        "metadata", position == null ? null : position.metadata());
            }
        }
    }
}
