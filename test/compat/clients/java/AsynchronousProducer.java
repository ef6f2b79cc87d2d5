import java.util.Properties;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Course program 3: a callback hears of each record, the last of which is too large. Arguments: bootstrap, topic, count. */
public final class AsynchronousProducer {
    private static final class PrintingCallback implements Callback {
        private final String key;

        PrintingCallback(String key) {
            this.key = key;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception exception) {
            if (exception == null) {
                Facts.print("callback", "key", key, "partition", metadata.partition(), "offset", metadata.offset());
            } else {
                Facts.print("callback-error", "key", key, "exception", exception.getClass().getSimpleName(),
                        "message", exception.getMessage());
            }
        }
    }

    public static void main(String[] args) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                String key = "key-" + i;
                producer.send(new ProducerRecord<>(args[1], key, "called-back-" + i), new PrintingCallback(key));
            }
            producer.flush();
            producer.send(new ProducerRecord<>(args[1], "large", "x".repeat(50_000)), new PrintingCallback("large"));
        }
    }
}
