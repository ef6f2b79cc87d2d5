import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;

/** Course program 8: commitAsync in the loop, commitSync at the end; a signal wakes it up. */
public final class MixedCommitConsumer {
    public static void main(String[] args) {
        Properties properties = CourseConsumer.properties(args);
        properties.put("enable.auto.commit", "false");
        CourseConsumer course = new CourseConsumer(args);
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try {
            consumer.subscribe(List.of(args[1]));
            while (!course.isDone()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    course.handle(record);
                }
                consumer.commitAsync();
            }
        } catch (WakeupException e) {
            Facts.print("woken");
        } finally {
            try {
                consumer.commitSync();
            } finally {
                consumer.close();
                course.closed();
            }
        }
    }
}
