import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Course program 7: commitAsync after each batch, with a callback. */
public final class CommitAsyncConsumer {
    public static void main(String[] args) {
        Properties properties = CourseConsumer.properties(args);
        properties.put("enable.auto.commit", "false");
        CourseConsumer course = new CourseConsumer(args);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(List.of(args[1]));
            while (!course.isDone()) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<String, String> record : records) {
                    course.handle(record);
                }
                consumer.commitAsync((offsets, exception) -> offsets.forEach((partition, position) ->
                        Facts.print("commit-callback", "partition", partition.partition(), "offset", position.offset(),
                                "exception", exception == null ? null : exception.toString())));
            }
        }
        course.closed();
    }
}
