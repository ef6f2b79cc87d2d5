import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Course program 5: the client commits every five seconds and on close. */
public final class AutoCommitConsumer {
    public static void main(String[] args) {
        Properties properties = CourseConsumer.properties(args);
        properties.put("enable.auto.commit", "true");
        properties.put("auto.commit.interval.ms", "5000");
        CourseConsumer course = new CourseConsumer(args);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.subscribe(List.of(args[1]));
            while (!course.isDone()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    course.handle(record);
                }
            }
        }
        course.closed();
    }
}
