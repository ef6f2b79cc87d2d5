import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Course program 2: waits for each record's metadata. Arguments: bootstrap, topic, count. */
public final class SynchronousProducer {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(args[1], "key-" + i, "waited-" + i);
                RecordMetadata metadata = producer.send(record).get();
                Facts.print("acknowledged", "key", record.key(), "partition", metadata.partition(),
                        "offset", metadata.offset(), "hasTimestamp", metadata.hasTimestamp());
            }
        }
    }
}
