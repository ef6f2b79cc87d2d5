import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sets up and looks at topics and groups for the runner: reads a question a line, words separated by tabs, and answers
 * with facts that end with "done" or "failed". Each question uses new clients. Argument: bootstrap.
 */
public final class Probe {
    private final String bootstrap;

    private Probe(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    public static void main(String[] args) throws IOException {
        Probe probe = new Probe(args[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                probe.answer(line.split("\t"));
                Facts.print("done");
            } catch (Exception e) {
                Facts.print("failed", "message", String.valueOf(e));
            }
        }
    }

    private void answer(String[] words) throws Exception {
        List<String> rest = List.of(words).subList(1, words.length);
        switch (words[0]) {
            case "create" -> create(rest);
            case "send" -> send(rest);
            case "read" -> read(rest);
            case "committed" -> committed(rest);
            case "group" -> group(rest.get(0));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Each word is name:partitions[:key=value;key=value]. */
    private void create(List<String> words) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(words.stream().map(Probe::topic).toList()).all().get();
        }
    }

    private static NewTopic topic(String text) {
        String[] parts = text.split(":", 3);
        Map<String, String> configs = new HashMap<>();
        Stream.of(parts.length == 3 ? parts[2].split(";") : new String[0])
                .map(config -> config.split("=", 2))
                .forEach(pair -> configs.put(pair[0], pair[1]));
        return new NewTopic(parts[0], Integer.parseInt(parts[1]), (short) 1).configs(configs);
    }

    /** A topic, then words key=value that become one record each, waited for in order. */
    private void send(List<String> words) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
            for (String word : words.subList(1, words.size())) {
                String[] pair = word.split("=", 2);
                producer.send(new ProducerRecord<>(words.get(0), pair[0], pair[1])).get();
            }
        }
    }

    /** Reads topics from the first to the last offset without a group. */
    private void read(List<String> topics) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties())) {
            topics.forEach(topic -> read(consumer, topic));
        }
    }

    private static void read(KafkaConsumer<String, String> consumer, String topic) {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                Facts.print("record", "topic", topic, "partition", record.partition(), "offset", record.offset(),
                        "key", record.key(), "value", record.value());
            }
        }
    }

    /** Pairs of topic and group: the committed position of each partition, read by a new consumer. */
    private void committed(List<String> pairs) {
        for (int i = 0; i < pairs.size(); i += 2) {
            String group = pairs.get(i + 1);
            Properties properties = properties();
            properties.put("group.id", group);
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
                List<TopicPartition> partitions = partitions(consumer, pairs.get(i));
                Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
                for (TopicPartition partition : partitions) {
                    OffsetAndMetadata position = committed.get(partition);
                    Facts.print("committed", "group", group, "partition", partition.partition(),
                            "offset", position == null ? null : position.offset(),
                            "metadata", position == null ? null : position.metadata());
                }
            }
        }
    }

    private void group(String id) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(id)).describedGroups().get(id).get();
            Facts.print("group", "state", group.groupState().toString(), "members", group.members().size());
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<String, String> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted((a, b) -> Integer.compare(a.partition(), b.partition())).toList();
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", StringSerializer.class.getName());
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", StringDeserializer.class.getName());
        return properties;
    }
}
