import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the consumers of the course share: their properties and the handling of a record, which ends the program after
 * a given count, either in order or as a crash that leaves no time for a commit.
 */
final class CourseConsumer {
    private final int stopAfter;
    private final boolean crashes;
    private int handled;
    private final Map<Integer, Long> firstOffsets = new HashMap<>();

    /** Arguments of each consumer: bootstrap, topic, group, count of records, "close" or "crash". */
    CourseConsumer(String[] args) {
        stopAfter = Integer.parseInt(args[3]);
        crashes = args[4].equals("crash");
    }

    static Properties properties(String[] args) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("group.id", args[2]);
        properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("auto.offset.reset", "earliest");
        properties.put("max.poll.records", "10");
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "1000");
        return properties;
    }

    boolean isDone() {
        return handled >= stopAfter;
    }

    void handle(ConsumerRecord<String, String> record) {
        if (firstOffsets.putIfAbsent(record.partition(), record.offset()) == null) {
            Facts.print("first", "partition", record.partition(), "offset", record.offset());
        }
        handled++;
        if (handled % 50 == 0) {
            Facts.print("progress", "handled", handled);
        }
        if (crashes && isDone()) {
            Facts.print("crashing", "handled", handled, "offset", record.offset());
            System.out.flush();
            Runtime.getRuntime().halt(9);
        }
    }

    void closed() {
        Facts.print("closed", "handled", handled);
    }
}
