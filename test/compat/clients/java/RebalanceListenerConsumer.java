import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Course program 10: commits what it has handled before its partitions are taken away, and prints each assignment.
 * Arguments: bootstrap, topic, group, client id, group protocol (classic or consumer). Runs until a signal.
 */
public final class RebalanceListenerConsumer {
    private final KafkaConsumer<String, String> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    private final TreeSet<Integer> assigned = new TreeSet<>();
    private int handled;

    private RebalanceListenerConsumer(Properties properties) {
        consumer = new KafkaConsumer<>(properties);
    }

    private final class CommittingListener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> assigned.add(partition.partition()));
            Facts.print("assigned", "partitions", assigned);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            consumer.commitSync(positions);
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            Facts.print("lost", "count", partitions.size());
            forget(partitions);
        }

        private void forget(Collection<TopicPartition> partitions) {
            partitions.forEach(positions::remove);
            partitions.forEach(partition -> assigned.remove(partition.partition()));
            Facts.print("revoked", "partitions", assigned);
        }
    }

    public static void main(String[] args) {
        Properties properties = CourseConsumer.properties(args);
        properties.put("enable.auto.commit", "false");
        properties.put("client.id", args[3]);
        properties.put("group.protocol", args[4]);
        if (args[4].equals("consumer")) {
            // The broker decides both for the consumer protocol.
            properties.remove("session.timeout.ms");
            properties.remove("heartbeat.interval.ms");
        }
        RebalanceListenerConsumer program = new RebalanceListenerConsumer(properties);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            program.consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        program.run(args[1]);
    }

    private void run(String topic) {
        try {
            consumer.subscribe(List.of(topic), new CommittingListener());
            while (true) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    handled++;
                    positions.put(new TopicPartition(topic, record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                consumer.commitAsync(positions, null);
            }
        } catch (WakeupException e) {
            consumer.close();
            Facts.print("closed", "handled", handled);
        }
    }
}
