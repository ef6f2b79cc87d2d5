import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Reads a topic, writes each record to another and commits both in one transaction; some transactions it aborts on purpose,
 * with records that begin with "aborted". Outlives its broker. Arguments: bootstrap, input, output, group, transactional
 * id. Runs until a signal.
 */
public final class ExactlyOnceProcessor {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Properties common = new Properties();
    private final String input;
    private final String output;
    private final String transactionalId;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Random random = new Random();
    private final KafkaConsumer<String, String> consumer;
    private KafkaProducer<String, String> producer;
    private int committed;
    private int aborted;
    private final Map<String, Integer> troubles = new HashMap<>();

    private ExactlyOnceProcessor(String[] args) {
        input = args[1];
        output = args[2];
        transactionalId = args[4];
        common.put("bootstrap.servers", args[0]);
        common.put("reconnect.backoff.ms", "50");
        common.put("reconnect.backoff.max.ms", "200");
        consumer = consumer(args[3]);
    }

    public static void main(String[] args) throws InterruptedException {
        ExactlyOnceProcessor processor = new ExactlyOnceProcessor(args);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            processor.stopping.set(true);
            try {
                main.join(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        processor.run();
    }

    private void run() throws InterruptedException {
        consumer.subscribe(List.of(input), new WaitingListener());
        boolean mustStartOver = true;
        while (!stopping.get()) {
            try {
                if (mustStartOver) {
                    startOver();
                    mustStartOver = false;
                }
                ConsumerRecords<String, String> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    process(records);
                }
            } catch (KafkaException | IllegalStateException e) {
                troubles.merge(e.getClass().getSimpleName(), 1, Integer::sum);
                System.err.println(e);
                mustStartOver = true;
                Thread.sleep(20);
            }
        }
        close();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        Facts.print("processed", "committed", committed, "aborted", aborted, "troubles", troubles);
    }

    /** With a listener, a member that was fenced joins again only within the next poll. */
    private static final class WaitingListener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        }
    }

    private void process(ConsumerRecords<String, String> records) {
        ConsumerGroupMetadata group = consumer.groupMetadata();
        if (group.generationId() < 0) {
            // Nobody would be fenced by offsets of a member without an epoch.
            throw new IllegalStateException("not a member");
        }
        boolean isAborted = random.nextInt(5) == 0;
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<String, String> record : records) {
            String value = isAborted ? "aborted " + record.value() : record.value();
            producer.send(new ProducerRecord<>(output, record.key(), value));
            positions.put(new TopicPartition(input, record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(positions, group);
        if (isAborted) {
            producer.flush();
            producer.abortTransaction();
            aborted++;
            rewind();
        } else {
            producer.commitTransaction();
            committed++;
        }
    }

    /** After any failure: a new producer of the same id ends what the last one left, and tells how it ended. */
    private void startOver() {
        close();
        producer = producer();
        producer.initTransactions();
        rewind();
    }

    private void rewind() {
        Set<TopicPartition> assigned = consumer.assignment();
        consumer.committed(assigned).forEach((partition, position) ->
                consumer.seek(partition, position == null ? 0 : position.offset()));
    }

    private void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    private KafkaProducer<String, String> producer() {
        Properties properties = copyOfCommon();
        properties.put("transactional.id", transactionalId);
        properties.put("transaction.timeout.ms", "10000");
        properties.put("delivery.timeout.ms", "15000");
        properties.put("request.timeout.ms", "5000");
        properties.put("max.block.ms", "15000");
        properties.put("linger.ms", "1");
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", StringSerializer.class.getName());
        return new KafkaProducer<>(properties);
    }

    private KafkaConsumer<String, String> consumer(String group) {
        Properties properties = copyOfCommon();
        properties.put("group.id", group);
        properties.put("group.protocol", "consumer");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.put("isolation.level", "read_committed");
        properties.put("max.poll.records", "100");
        properties.put("default.api.timeout.ms", "15000");
        properties.put("request.timeout.ms", "5000");
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", StringDeserializer.class.getName());
        return new KafkaConsumer<>(properties);
    }

    private Properties copyOfCommon() {
        Properties properties = new Properties();
        properties.putAll(common);
        return properties;
    }
}
