import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Course program 1: sends and does not look at the outcome. Arguments: bootstrap, topic, count. */
public final class FireAndForgetProducer {
    public static void main(String[] args) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        KafkaProducer<String, String> producer = new KafkaProducer<>(properties);
        int count = Integer.parseInt(args[2]);
        for (int i = 0; i < count; i++) {
            producer.send(new ProducerRecord<>(args[1], "key-" + i, "forgotten-" + i));
        }
        producer.close();
        Facts.print("sent", "count", count);
    }
}
