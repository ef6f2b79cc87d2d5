import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Course program 9: commits its own positions, with a note, after every twelfth record inside a batch. */
public final class CommitSpecifiedOffsetConsumer {
    public static void main(String[] args) {
        Properties properties = CourseConsumer.properties(args);
        properties.put("enable.auto.commit", "false");
        CourseConsumer course = new CourseConsumer(args);
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        int count = 0;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(List.of(args[1]));
            while (!course.isDone()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    course.handle(record);
                    positions.put(new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1, "after " + record.key()));
                    if (++count % 12 == 0) {
                        consumer.commitSync(positions);
                    }
                }
            }
        }
        course.closed();
    }
}
