import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What a consumer of one group protocol sees: joining and leaving, subscriptions by name and by regular expression, static
 * membership, offsets, positions and errors. Arguments: bootstrap, group protocol (classic or consumer).
 */
public final class ConsumerTranscript extends AdminTranscript {
    private static final int PARTITIONS = 4;
    private final String protocol;
    private final String topic;

    private ConsumerTranscript(String bootstrap, String protocol) throws Exception {
        super(bootstrap);
        this.protocol = protocol;
        topic = "read-" + protocol;
    }

    public static void main(String[] args) throws Exception {
        try (ConsumerTranscript transcript = new ConsumerTranscript(args[0], args[1])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        step("createTopics", () -> create(new NewTopic(topic, PARTITIONS, (short) 1)));
        step("five records for each partition", () -> {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
                for (int i = 0; i < 5 * PARTITIONS; i++) {
                    producer.send(new ProducerRecord<>(topic, i % PARTITIONS, 1_000L + i, "k" + i, "v" + i)).get();
                }
            }
            return "sent";
        });
        offsets();
        joinAndLeave();
        patterns();
        staticMembers();
        errors();
        assignors();
    }

    private void offsets() {
        try (KafkaConsumer<String, String> consumer = consumer("offsets", Map.of("auto.offset.reset", "earliest"))) {
            consumer.subscribe(List.of(topic));
            step("reads everything", () -> read(consumer, 5 * PARTITIONS));
            step("positions", () -> eachPartition(partition -> consumer.position(partition)));
            step("committed before the commit", () -> consumer.committed(partitions()).values().stream().allMatch(java.util.Objects::isNull));
            step("commitSync", () -> { consumer.commitSync(); return "committed"; });
            step("committed", () -> committed(consumer));
            step("commitSync of some offsets", () -> {
                consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(2, "note")));
                return committed(consumer);
            });
            step("commitSync of an unknown partition", () -> {
                try {
                    consumer.commitSync(Map.of(new TopicPartition(topic, 99), new OffsetAndMetadata(2)), Duration.ofSeconds(2));
                    return "committed";
                } catch (TimeoutException e) {
                    // Its message depends on which of two threads was the first to find the time over.
                    return e.getClass().getSimpleName();
                }
            });
            step("seek back and read", () -> {
                consumer.seek(new TopicPartition(topic, 1), 3);
                return read(consumer, 2);
            });
            step("beginningOffsets", () -> consumer.beginningOffsets(Set.of(new TopicPartition(topic, 0))).values());
            step("endOffsets", () -> consumer.endOffsets(Set.of(new TopicPartition(topic, 0))).values());
            step("offsetsForTimes", () -> shown(consumer.offsetsForTimes(Map.of(new TopicPartition(topic, 0), 1_005L,
                    new TopicPartition(topic, 1), 99_999L))));
            step("currentLag", () -> consumer.currentLag(new TopicPartition(topic, 2)).orElse(-1));
            step("partitionsFor", () -> consumer.partitionsFor(topic).size());
            step("partitionsFor an unknown topic", () -> consumer.partitionsFor("unknown-topic", Duration.ofSeconds(3)));
            step("groupMetadata", () -> consumer.groupMetadata().groupId() + " memberId of " + (consumer.groupMetadata().memberId().isEmpty() ? "none" : "some")
                    + " hasGeneration=" + (consumer.groupMetadata().generationId() >= 0));
        }
        try (KafkaConsumer<String, String> consumer = consumer("offsets", Map.of("auto.offset.reset", "latest"))) {
            consumer.subscribe(List.of(topic));
            step("goes on from the commits", () -> read(consumer, 3));
        }
        step("describeConsumerGroups after it left", () -> described("offsets"));
    }

    private void joinAndLeave() {
        KafkaConsumer<String, String> first = consumer("members", Map.of());
        KafkaConsumer<String, String> second = consumer("members", Map.of());
        first.subscribe(List.of(topic));
        second.subscribe(List.of(topic));
        step("the first alone", () -> until(() -> first.assignment().size() == PARTITIONS, first));
        step("a second joins", () -> until(() -> first.assignment().size() == 2 && second.assignment().size() == 2, first, second));
        step("no partition twice", () -> {
            Set<TopicPartition> all = new java.util.HashSet<>(first.assignment());
            all.addAll(second.assignment());
            return all.size();
        });
        step("describeConsumerGroups with both", () -> described("members"));
        step("the first leaves", () -> {
            first.close();
            return until(() -> second.assignment().size() == PARTITIONS, second);
        });
        step("unsubscribe", () -> { second.unsubscribe(); return second.assignment(); });
        step("describeConsumerGroups after unsubscribe", () -> described("members"));
        step("another topic", () -> {
            create(new NewTopic(topic + "-other", 1, (short) 1));
            second.subscribe(List.of(topic + "-other"));
            return until(() -> second.assignment().size() == 1, second);
        });
        step("partitions are added to it", () -> {
            admin.createPartitions(Map.of(topic + "-other", org.apache.kafka.clients.admin.NewPartitions.increaseTo(3))).all().get();
            return until(() -> second.assignment().size() == 3, second);
        });
        step("the topic is deleted", () -> {
            admin.deleteTopics(List.of(topic + "-other")).all().get();
            return until(() -> second.assignment().isEmpty(), second);
        });
        second.close();
    }

    private void patterns() {
        String prefix = "pattern-" + protocol;
        try (KafkaConsumer<String, String> consumer = consumer("patterns", Map.of("auto.offset.reset", "earliest"))) {
            step("two topics of a pattern and one that is not", () -> {
                create(new NewTopic(prefix + "-a", 1, (short) 1));
                create(new NewTopic(prefix + "-b", 1, (short) 1));
                return create(new NewTopic("no-" + prefix, 1, (short) 1));
            });
            step("a pattern of java.util.regex", () -> {
                consumer.subscribe(Pattern.compile("^" + prefix + "-[ab]"));
                return until(() -> consumer.assignment().size() == 2, consumer) + " " + assigned(consumer);
            });
            consumer.unsubscribe();
            step("a pattern of RE2", () -> {
                consumer.subscribe(new SubscriptionPattern(prefix + "-[a-c]"));
                return until(() -> consumer.assignment().size() == 2, consumer) + " " + assigned(consumer);
            });
            step("a topic that comes later", () -> {
                create(new NewTopic(prefix + "-c", 1, (short) 1));
                return until(() -> consumer.assignment().size() == 3, consumer) + " " + assigned(consumer);
            });
            step("describeConsumerGroups with a pattern", () -> described("patterns"));
            consumer.unsubscribe();
            step("a pattern that is none", () -> {
                consumer.subscribe(new SubscriptionPattern("("));
                return until(() -> consumer.assignment().size() == 9, consumer);
            });
        }
    }

    private void staticMembers() {
        step("an instance", () -> {
            try (KafkaConsumer<String, String> consumer = instance("i")) {
                String joined = until(() -> consumer.assignment().size() == PARTITIONS, consumer);
                // Tells the broker what it has before it goes.
                for (int i = 0; i < 15; i++) {
                    consumer.poll(Duration.ofMillis(100));
                }
                return joined;
            }
        });
        step("describeConsumerGroups after it went away", () -> described("static"));
        try (KafkaConsumer<String, String> first = instance("i")) {
            step("the instance comes back", () -> until(() -> first.assignment().size() == PARTITIONS, first));
            step("the same instance by another consumer", () -> {
                try (KafkaConsumer<String, String> second = instance("i")) {
                    return until(() -> second.assignment().size() == PARTITIONS, second);
                }
            });
            step("the first after that", () -> {
                for (int i = 0; i < 20; i++) {
                    first.poll(Duration.ofMillis(200));
                }
                return first.assignment().size();
            });
        }
        step("removeMembersFromConsumerGroup of the instance", () -> {
            admin.removeMembersFromConsumerGroup("static", new org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions(
                    List.of(new org.apache.kafka.clients.admin.MemberToRemove("i")))).all().get();
            return described("static");
        });
        step("removeMembersFromConsumerGroup of an instance nobody knows", () -> {
            admin.removeMembersFromConsumerGroup("static", new org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions(
                    List.of(new org.apache.kafka.clients.admin.MemberToRemove("j")))).all().get();
            return "removed";
        });
    }

    private void errors() {
        step("no offset and no reset", () -> {
            try (KafkaConsumer<String, String> consumer = consumer("errors", Map.of("auto.offset.reset", "none"))) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                return read(consumer, 1);
            }
        });
        step("an offset out of range and no reset", () -> {
            try (KafkaConsumer<String, String> consumer = consumer("errors", Map.of("auto.offset.reset", "none"))) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                consumer.seek(new TopicPartition(topic, 0), 99);
                return read(consumer, 1);
            }
        });
        step("a reset by duration", () -> {
            TopicPartition timed = new TopicPartition(topic + "-timed", 0);
            create(new NewTopic(timed.topic(), 1, (short) 1));
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
                producer.send(new ProducerRecord<>(timed.topic(), 0, 1_000L, "k", "old")).get();
                producer.send(new ProducerRecord<>(timed.topic(), 0, "k", "new")).get();
            }
            try (KafkaConsumer<String, String> consumer = consumer("by-duration", Map.of("auto.offset.reset", "by_duration:PT1H"))) {
                consumer.assign(List.of(timed));
                return consumer.position(timed);
            }
        });
        step("a group of an empty name", () -> {
            try (KafkaConsumer<String, String> consumer = consumer("", Map.of())) {
                consumer.subscribe(List.of(topic));
                return until(() -> !consumer.assignment().isEmpty(), consumer);
            }
        });
        step("a topic of a bad name", () -> {
            try (KafkaConsumer<String, String> consumer = consumer("errors", Map.of())) {
                consumer.subscribe(List.of("bad name"));
                return until(() -> !consumer.assignment().isEmpty(), consumer);
            }
        });
        step("a commit without being a member of a group that has one", () -> {
            try (KafkaConsumer<String, String> member = consumer("occupied", Map.of());
                    KafkaConsumer<String, String> other = consumer("occupied", Map.of())) {
                member.subscribe(List.of(topic));
                until(() -> member.assignment().size() == PARTITIONS, member);
                other.assign(List.of(new TopicPartition(topic, 0)));
                other.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)), Duration.ofSeconds(5));
                return "committed";
            }
        });
        step("max.poll.interval.ms has passed", () -> {
            try (KafkaConsumer<String, String> consumer = consumer("sleepy", Map.of("max.poll.interval.ms", "3000"))) {
                consumer.subscribe(List.of(topic));
                until(() -> consumer.assignment().size() == PARTITIONS, consumer);
                Thread.sleep(5000);
                consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)), Duration.ofSeconds(5));
                return "committed";
            }
        });
    }

    private void assignors() {
        List<Map<String, Object>> choices = protocol.equals("consumer")
                ? List.of(Map.of("group.remote.assignor", "range"), Map.of("group.remote.assignor", "uniform"),
                        Map.of("group.remote.assignor", "no-such"))
                : List.of(Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.RoundRobinAssignor"),
                        Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.StickyAssignor"),
                        Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
        for (Map<String, Object> choice : choices) {
            String group = "assigned" + choices.indexOf(choice);
            step("an assignor: " + choice.values(), () -> {
                try (KafkaConsumer<String, String> consumer = consumer(group, choice)) {
                    consumer.subscribe(List.of(topic));
                    until(() -> consumer.assignment().size() == PARTITIONS, consumer);
                    return described(group);
                }
            });
        }
    }

    private KafkaConsumer<String, String> instance(String id) {
        KafkaConsumer<String, String> consumer = consumer("static", Map.of("group.instance.id", id));
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    private KafkaConsumer<String, String> consumer(String group, Map<String, ?> settings) {
        Properties properties = properties();
        properties.put("group.id", group);
        properties.put("client.id", "reader");
        properties.put("group.protocol", protocol);
        properties.put("enable.auto.commit", "false");
        properties.put("metadata.max.age.ms", "500");
        if (protocol.equals("classic")) {
            properties.put("heartbeat.interval.ms", "300");
            properties.put("session.timeout.ms", "10000");
        }
        properties.putAll(settings);
        return new KafkaConsumer<>(properties);
    }

    /** Polls all consumers until the condition holds. */
    @SafeVarargs
    private String until(Callable<Boolean> condition, KafkaConsumer<String, String>... consumers) throws Exception {
        long deadline = System.currentTimeMillis() + 15_000;
        while (System.currentTimeMillis() < deadline) {
            for (KafkaConsumer<String, String> consumer : consumers) {
                consumer.poll(Duration.ofMillis(50));
            }
            if (condition.call()) {
                return "as expected";
            }
        }
        List<String> last = new ArrayList<>();
        for (KafkaConsumer<String, String> consumer : consumers) {
            last.add(assigned(consumer).toString());
        }
        return "not within 15 seconds, last " + last;
    }

    private static String read(KafkaConsumer<String, String> consumer, int count) {
        TreeSet<String> values = new TreeSet<>();
        long deadline = System.currentTimeMillis() + 15_000;
        while (values.size() < count && System.currentTimeMillis() < deadline) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                values.add(record.partition() + "@" + record.offset() + "=" + record.value());
            }
        }
        return values.toString();
    }

    private Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new java.util.HashSet<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        return partitions;
    }

    private interface OfPartition {
        Object of(TopicPartition partition);
    }

    private String eachPartition(OfPartition question) {
        Map<Integer, Object> answers = new TreeMap<>();
        partitions().forEach(partition -> answers.put(partition.partition(), question.of(partition)));
        return answers.toString();
    }

    private String committed(KafkaConsumer<String, String> consumer) {
        Map<Integer, String> shown = new TreeMap<>();
        consumer.committed(partitions()).forEach((partition, position) ->
                shown.put(partition.partition(), position == null ? "null" : position.offset() + " '" + position.metadata() + "'"));
        return shown.toString();
    }

    private static String shown(Map<TopicPartition, OffsetAndTimestamp> offsets) {
        Map<String, String> shown = new TreeMap<>();
        offsets.forEach((partition, offset) -> shown.put(partition.toString(),
                offset == null ? "null" : offset.offset() + " at " + offset.timestamp()));
        return shown.toString();
    }

    private static Collection<String> assigned(KafkaConsumer<String, String> consumer) {
        return new TreeSet<>(consumer.assignment().stream().map(Object::toString).toList());
    }

    private String described(String id) throws Exception {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(id)).describedGroups().get(id).get();
        return group.groupState() + " " + group.type() + " assignor=" + group.partitionAssignor() + " members="
                + new ArrayList<>(group.members().stream().map(member -> member.groupInstanceId().orElse("dynamic") + ":"
                        + member.assignment().topicPartitions().size()).sorted().toList());
    }
}
