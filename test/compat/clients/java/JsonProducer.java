import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Course program 4: objects as JSON values, with a serializer of its own. Arguments: bootstrap, topic, count. */
public final class JsonProducer {
    public record Customer(int id, String name, boolean active) {
    }

    public static final class JsonSerializer implements Serializer<Customer> {
        private final ObjectMapper mapper = new ObjectMapper();

        @Override
        public byte[] serialize(String topic, Customer customer) {
            try {
                return customer == null ? null : mapper.writeValueAsBytes(customer);
            } catch (JsonProcessingException e) {
                throw new SerializationException("cannot write a customer as JSON", e);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", JsonSerializer.class.getName());
        try (KafkaProducer<String, Customer> producer = new KafkaProducer<>(properties)) {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                Customer customer = new Customer(i, "Zoë " + i, i % 2 == 0);
                producer.send(new ProducerRecord<>(args[1], String.valueOf(customer.id()), customer)).get();
            }
        }
        Facts.print("sent", "count", Integer.parseInt(args[2]));
    }
}
