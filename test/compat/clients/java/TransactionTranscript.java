import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;

/**
 * Transactional producers, what consumers of either isolation level see of them, and what the AdminClient does with them.
 * Arguments: bootstrap, level of the feature transaction.version (1: as before Kafka 4.0, 2: KIP-890).
 */
public final class TransactionTranscript extends AdminTranscript {
    private final String level;
    private final String topic;
    private final TopicPartition zero;
    private final TopicPartition one;

    private TransactionTranscript(String bootstrap, String level) throws Exception {
        super(bootstrap);
        this.level = level;
        topic = "transacted-tv" + level;
        zero = new TopicPartition(topic, 0);
        one = new TopicPartition(topic, 1);
    }

    public static void main(String[] args) throws Exception {
        try (TransactionTranscript transcript = new TransactionTranscript(args[0], args[1])) {
            transcript.run();
        }
    }

    @Override
    void run() throws Exception {
        step("updateFeatures transaction.version=" + level, () -> {
            var type = level.equals("2") ? FeatureUpdate.UpgradeType.UPGRADE : FeatureUpdate.UpgradeType.SAFE_DOWNGRADE;
            admin.updateFeatures(Map.of("transaction.version", new FeatureUpdate(Short.parseShort(level), type)),
                    new UpdateFeaturesOptions()).all().get();
            return finalizedLevel();
        });
        step("createTopics", () -> create(new NewTopic(topic, 2, (short) 1)));
        commitAndAbort();
        misuse();
        offsets();
        fencing();
        timeout();
        administration();
    }

    private void commitAndAbort() {
        try (KafkaProducer<String, String> producer = producer("plain")) {
            step("initTransactions", () -> { producer.initTransactions(); return "ready"; });
            step("commit of nothing", () -> { producer.beginTransaction(); producer.commitTransaction(); return "done"; });
            step("abort of nothing", () -> { producer.beginTransaction(); producer.abortTransaction(); return "done"; });
            step("three records", () -> {
                producer.beginTransaction();
                return List.of(send(producer, 0, "a"), send(producer, 1, "b"), send(producer, 0, "c"));
            });
            step("offsets while it is open", this::ends);
            step("read committed while it is open", () -> read("read_committed"));
            step("read uncommitted while it is open", () -> read("read_uncommitted"));
            step("commit", () -> { producer.commitTransaction(); return "committed"; });
            step("offsets after the commit", this::endsWhenEqual);
            step("read committed after the commit", () -> read("read_committed"));
            step("two records more", () -> {
                producer.beginTransaction();
                return List.of(send(producer, 0, "d"), send(producer, 1, "e"));
            });
            step("abort", () -> { producer.abortTransaction(); return "aborted"; });
            step("offsets after the abort", this::endsWhenEqual);
            step("read committed after the abort", () -> read("read_committed"));
            step("read uncommitted after the abort", () -> read("read_uncommitted"));
            step("one record of a producer without transactions", () -> {
                try (KafkaProducer<String, String> other = new KafkaProducer<>(properties())) {
                    return send(other, 0, "plain");
                }
            });
            step("one more after the abort", () -> {
                producer.beginTransaction();
                String sent = send(producer, 0, "f");
                producer.commitTransaction();
                return sent;
            });
            step("read committed in the end", this::readWhenEnded);
        }
    }

    private void misuse() {
        step("begin before init", () -> {
            try (KafkaProducer<String, String> producer = producer("misused")) {
                producer.beginTransaction();
                return "begun";
            }
        });
        step("send without begin", () -> {
            try (KafkaProducer<String, String> producer = producer("misused")) {
                producer.initTransactions();
                return send(producer, 0, "x");
            }
        });
        step("an unknown partition", () -> {
            Properties properties = properties();
            properties.put("transactional.id", "misused");
            properties.put("max.block.ms", "1000");
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
                producer.initTransactions();
                producer.beginTransaction();
                return send(producer, 9, "x");
            }
        });
        step("a transaction timeout above the broker's", () -> {
            Properties properties = properties();
            properties.put("transactional.id", "misused");
            properties.put("transaction.timeout.ms", "900001");
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
                producer.initTransactions();
                return "ready";
            }
        });
        step("a record that is too large ends the transaction", () -> {
            try (KafkaProducer<String, String> producer = producer("misused")) {
                producer.initTransactions();
                producer.beginTransaction();
                send(producer, 0, "before");
                String large = "x".repeat(2_000_000);
                try {
                    producer.send(new ProducerRecord<>(topic, 0, null, large)).get();
                } catch (Exception e) {
                    say("  send: " + (e.getCause() == null ? e : e.getCause()).getClass().getSimpleName());
                }
                try {
                    producer.commitTransaction();
                } catch (Exception e) {
                    say("  commit: " + e.getClass().getSimpleName());
                }
                producer.abortTransaction();
                return "aborted";
            }
        });
        step("read committed after all that", this::readWhenEnded);
    }

    private void offsets() {
        String group = "transacting-tv" + level;
        try (KafkaProducer<String, String> producer = producer("offsets")) {
            producer.initTransactions();
            step("offsets of a group", () -> {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(Map.of(zero, new OffsetAndMetadata(3, "in a transaction")),
                        new ConsumerGroupMetadata(group));
                return "sent";
            });
            step("listConsumerGroupOffsets while it is open", () -> committed(group));
            step("commit", () -> { producer.commitTransaction(); return "committed"; });
            step("committed after the commit, read by a consumer", () -> committedOf(group));
            step("offsets of a group, aborted", () -> {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(Map.of(zero, new OffsetAndMetadata(9)), new ConsumerGroupMetadata(group));
                producer.abortTransaction();
                return "aborted";
            });
            step("committed after the abort, read by a consumer", () -> committedOf(group));
            step("describeConsumerGroups", () -> {
                var description = admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
                return description.groupState() + " " + description.type();
            });
            step("offsets of a member that is not there", () -> {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(Map.of(zero, new OffsetAndMetadata(9)),
                        new ConsumerGroupMetadata(group, 5, "nobody", java.util.Optional.empty()));
                producer.commitTransaction();
                return "committed";
            });
        }
        step("a consumer, a producer and its group together", () -> {
            Properties reading = properties();
            reading.put("group.id", group + "-loop");
            reading.put("enable.auto.commit", "false");
            reading.put("auto.offset.reset", "earliest");
            reading.put("isolation.level", "read_committed");
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(reading);
                    KafkaProducer<String, String> producer = producer("loop")) {
                producer.initTransactions();
                consumer.subscribe(List.of(topic));
                Map<TopicPartition, OffsetAndMetadata> positions = new TreeMap<>(
                        (a, b) -> Integer.compare(a.partition(), b.partition()));
                int count = 0;
                for (int tries = 0; tries < 100 && positions.size() < 2; tries++) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        count++;
                        positions.put(new TopicPartition(topic, record.partition()),
                                new OffsetAndMetadata(consumer.position(new TopicPartition(topic, record.partition()))));
                    }
                }
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
                producer.commitTransaction();
                Map<String, Long> committed = new TreeMap<>();
                consumer.committed(Set.of(zero, one)).forEach((partition, position) ->
                        committed.put(partition.toString(), position.offset()));
                return count + " records, committed " + committed;
            }
        });
    }

    private void fencing() {
        try (KafkaProducer<String, String> first = producer("fenced"); KafkaProducer<String, String> second = producer("fenced")) {
            step("a transaction of the first", () -> {
                first.initTransactions();
                first.beginTransaction();
                return send(first, 0, "of the first");
            });
            step("the second takes the id over", () -> { second.initTransactions(); return "ready"; });
            step("the first goes on", () -> send(first, 0, "fenced"));
            step("the first commits", () -> {
                try {
                    first.commitTransaction();
                    return "committed";
                } catch (InvalidProducerEpochException e) {
                    // Its message is of the first or of a later failure, as it happens.
                    return e.getClass().getSimpleName();
                }
            });
            step("the first aborts", () -> { first.abortTransaction(); return "aborted"; });
            step("the second goes on", () -> {
                second.beginTransaction();
                String sent = send(second, 0, "of the second");
                second.commitTransaction();
                return sent;
            });
        }
        step("read committed after the fencing", this::readWhenEnded);
    }

    private void timeout() {
        Properties properties = properties();
        properties.put("transactional.id", "slow-tv" + level);
        properties.put("transaction.timeout.ms", "1000");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties)) {
            step("a transaction that lasts too long", () -> {
                producer.initTransactions();
                producer.beginTransaction();
                String sent = send(producer, 0, "late");
                for (int tries = 0; tries < 300; tries++) {
                    if (describe("slow-tv" + level).state() == TransactionState.COMPLETE_ABORT) return sent;
                    Thread.sleep(100);
                }
                return "not ended";
            });
            step("its commit", () -> { producer.commitTransaction(); return "committed"; });
            step("its abort", () -> { producer.abortTransaction(); return "aborted"; });
            step("begin again", () -> {
                producer.beginTransaction();
                return send(producer, 0, "later");
            });
        }
        step("read committed after the timeout", this::readWhenEnded);
    }

    private void administration() {
        try (KafkaProducer<String, String> producer = producer("open")) {
            step("an open transaction", () -> {
                producer.initTransactions();
                producer.beginTransaction();
                return send(producer, 1, "open");
            });
            step("describeTransactions", () -> shown(describe("open-tv" + level)));
            step("describeTransactions unknown", () -> shown(describe("nobody")));
            step("listTransactions, open ones", () -> listed(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING))));
            step("listTransactions by a pattern", () -> listed(new ListTransactionsOptions().filterOnTransactionalIdPattern(".*tv" + level)));
            step("listTransactions by a pattern that is none", () -> listed(new ListTransactionsOptions().filterOnTransactionalIdPattern("(")));
            step("listTransactions for a long time", () -> listed(new ListTransactionsOptions().filterOnDuration(3_600_000)));
            step("listTransactions of a producer nobody knows", () -> listed(new ListTransactionsOptions().filterProducerIds(Set.of(987654L))));
            step("describeProducers", this::producers);
            step("abortTransaction", () -> {
                ProducerState open = openProducer();
                admin.abortTransaction(new AbortTransactionSpec(one, open.producerId(), (short) open.producerEpoch(),
                        open.coordinatorEpoch().orElse(0))).all().get();
                return "aborted";
            });
            step("describeProducers after that", this::producers);
            step("fenceProducers", () -> {
                admin.fenceProducers(List.of("open-tv" + level, "new-tv" + level)).all().get();
                return "fenced";
            });
            step("commit of the producer that was fenced", () -> { producer.commitTransaction(); return "committed"; });
        }
        step("listTransactions in the end", () -> listed(new ListTransactionsOptions().filterOnTransactionalIdPattern(".*tv" + level)));
        step("forceTerminateTransaction", () -> {
            try (KafkaProducer<String, String> producer = producer("forced")) {
                producer.initTransactions();
                producer.beginTransaction();
                send(producer, 0, "forced");
                admin.forceTerminateTransaction("forced-tv" + level).result().get();
                return shown(describe("forced-tv" + level));
            }
        });
        step("forceTerminateTransaction unknown", () -> {
            admin.forceTerminateTransaction("nobody").result().get();
            return "ended";
        });
        step("offsets in the end", this::endsWhenEqual);
    }

    private KafkaProducer<String, String> producer(String id) {
        Properties properties = properties();
        properties.put("transactional.id", id + "-tv" + level);
        properties.put("delivery.timeout.ms", "10000");
        properties.put("request.timeout.ms", "5000");
        properties.put("linger.ms", "0");
        return new KafkaProducer<>(properties);
    }

    private String send(KafkaProducer<String, String> producer, int partition, String value) throws Exception {
        return partition + "@" + producer.send(new ProducerRecord<>(topic, partition, null, value)).get().offset();
    }

    /** The level of transaction.version that the broker goes by, once it is the one that was asked for. */
    private Object finalizedLevel() throws Exception {
        var level = admin.describeFeatures().featureMetadata().get().finalizedFeatures().get("transaction.version");
        for (int tries = 0; tries < 300 && level.maxVersionLevel() != Short.parseShort(this.level); tries++) {
            Thread.sleep(50);
            level = admin.describeFeatures().featureMetadata().get().finalizedFeatures().get("transaction.version");
        }
        return level;
    }

    private String ends() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (IsolationLevel isolation : IsolationLevel.values()) {
            var result = admin.listOffsets(Map.of(zero, OffsetSpec.latest(), one, OffsetSpec.latest()), new ListOffsetsOptions(isolation));
            shown.put(isolation.toString(), result.partitionResult(zero).get().offset() + " and " + result.partitionResult(one).get().offset());
        }
        return shown.toString();
    }

    /** The same once nothing is open: an end is answered before partitions know of it. */
    private String endsWhenEqual() throws Exception {
        String shown = ends();
        for (int tries = 0; tries < 300 && !shown.matches("\\{read_committed=(.*), read_uncommitted=\\1\\}"); tries++) {
            Thread.sleep(100);
            shown = ends();
        }
        return shown;
    }

    /** What is committed, once nothing is open. */
    private String readWhenEnded() throws Exception {
        endsWhenEqual();
        return read("read_committed");
    }

    /** All that a consumer of this isolation level gets, up to the end that it sees. */
    private String read(String isolation) {
        Properties properties = properties();
        properties.put("isolation.level", isolation);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            List<TopicPartition> partitions = List.of(zero, one);
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                long deadline = System.currentTimeMillis() + 10_000;
                while (consumer.position(partition) < end && System.currentTimeMillis() < deadline) {
                    consumer.poll(Duration.ofMillis(200)).forEach(record ->
                            values.add(record.partition() + "@" + record.offset() + "=" + record.value()));
                }
                values.add("end " + end);
            }
        }
        return values.toString();
    }

    private String committed(String group) throws Exception {
        Map<String, Object> shown = new TreeMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .forEach((partition, position) -> shown.put(partition.toString(), position == null ? "null" : position.offset()));
        return shown.toString();
    }

    private String committedOf(String group) {
        Properties properties = properties();
        properties.put("group.id", group);
        // This waits for the end of a transaction that holds offsets: it is answered before the group knows of it.
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            OffsetAndMetadata position = consumer.committed(Set.of(zero)).get(zero);
            return position == null ? "null" : position.offset() + " '" + position.metadata() + "'";
        }
    }

    private TransactionDescription describe(String id) throws Exception {
        return admin.describeTransactions(List.of(id)).description(id).get();
    }

    private String shown(TransactionDescription description) {
        return description.state() + " coordinator=" + description.coordinatorId() + " epoch=" + description.producerEpoch()
                + " timeout=" + description.transactionTimeoutMs() + " hasStart=" + description.transactionStartTimeMs().isPresent()
                + " partitions=" + new TreeSet<>(description.topicPartitions().stream().map(Object::toString).toList());
    }

    private String listed(ListTransactionsOptions options) throws Exception {
        Collection<TransactionListing> listings = admin.listTransactions(options).all().get();
        return new TreeSet<>(listings.stream().map(listing -> listing.transactionalId() + " " + listing.state()).toList()).toString();
    }

    private String producers() throws Exception {
        return new TreeSet<>(admin.describeProducers(List.of(one)).partitionResult(one).get().activeProducers().stream()
                .map(state -> "epoch=" + state.producerEpoch() + " sequence=" + state.lastSequence() + " coordinatorEpoch="
                        + state.coordinatorEpoch() + " open=" + state.currentTransactionStartOffset()).toList()).toString();
    }

    private ProducerState openProducer() throws Exception {
        return admin.describeProducers(List.of(one)).partitionResult(one).get().activeProducers().stream()
                .filter(state -> state.currentTransactionStartOffset().isPresent()).findFirst().orElseThrow();
    }
}
