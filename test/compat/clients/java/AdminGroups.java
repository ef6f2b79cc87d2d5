import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** Groups and their committed offsets: list, describe, alter, delete, with and without members. */
public final class AdminGroups extends AdminTranscript {
    private AdminGroups(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminGroups transcript = new AdminGroups(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        TopicPartition zero = new TopicPartition("grouped", 0);
        TopicPartition one = new TopicPartition("grouped", 1);
        step("createTopics", () -> create(new NewTopic("grouped", 2, (short) 1)));
        step("listGroups", () -> admin.listGroups().all().get());
        step("describeConsumerGroups unknown", () -> admin.describeConsumerGroups(List.of("unknown")).all().get());
        step("listConsumerGroupOffsets unknown", () -> committed("unknown"));
        step("alterConsumerGroupOffsets of a new group", () -> {
            admin.alterConsumerGroupOffsets("set-by-admin", Map.of(zero, new OffsetAndMetadata(3, "note"),
                    one, new OffsetAndMetadata(0))).all().get();
            return "altered";
        });
        step("listConsumerGroupOffsets", () -> committed("set-by-admin"));
        step("alterConsumerGroupOffsets unknown topic", () -> {
            admin.alterConsumerGroupOffsets("set-by-admin",
                    Map.of(new TopicPartition("unknown", 0), new OffsetAndMetadata(1))).all().get();
            return "altered";
        });
        try (KafkaConsumer<String, String> consumer = consumer("classic-group", "classic")) {
            step("join a classic group", () -> join(consumer));
            step("describeConsumerGroups with a classic member", () -> describeGroup("classic-group"));
            step("deleteConsumerGroups with a member", () -> deleteGroup("classic-group"));
            step("deleteConsumerGroupOffsets of a subscribed topic", () -> deleteOffsets("classic-group", zero));
            step("alterConsumerGroupOffsets with a member", () -> {
                admin.alterConsumerGroupOffsets("classic-group", Map.of(zero, new OffsetAndMetadata(1))).all().get();
                return "altered";
            });
        }
        try (KafkaConsumer<String, String> consumer = consumer("consumer-group", "consumer")) {
            step("join a group with the consumer protocol", () -> join(consumer));
            step("describeConsumerGroups with a consumer protocol member", () -> describeGroup("consumer-group"));
            step("listGroups", this::listGroups);
        }
        step("describeConsumerGroups without members", () -> describeGroup("classic-group"));
        step("listGroups", this::listGroups);
        step("listGroups of type consumer", () -> admin.listGroups(new ListGroupsOptions()
                .withTypes(Set.of(GroupType.CONSUMER))).all().get().stream()
                .map(group -> group.groupId()).toList());
        step("deleteConsumerGroupOffsets", () -> deleteOffsets("set-by-admin", one));
        step("listConsumerGroupOffsets", () -> committed("set-by-admin"));
        step("deleteConsumerGroups", () -> deleteGroup("set-by-admin"));
        step("deleteConsumerGroups unknown", () -> deleteGroup("set-by-admin"));
        step("deleteConsumerGroups of a consumer group", () -> deleteGroup("consumer-group"));
        step("listGroups", this::listGroups);
    }

    private String committed(String group) throws ExecutionException, InterruptedException {
        Map<String, String> shown = new TreeMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, position) ->
                shown.put(partition.toString(),
                        position == null ? "null" : position.offset() + " '" + position.metadata() + "'"));
        return shown.toString();
    }

    private String describeGroup(String id) throws ExecutionException, InterruptedException {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(id)).describedGroups().get(id).get();
        group.members().forEach(member -> say("  member client=" + member.clientId() + " host=" + member.host()
                + " instance=" + member.groupInstanceId().orElse("none")
                + " assignment="
                + new TreeSet<>(member.assignment().topicPartitions().stream().map(Object::toString).toList())
                + " hasEpoch=" + member.memberEpoch().isPresent() + " upgraded=" + member.upgraded()));
        return "state=" + group.groupState() + " type=" + group.type() + " assignor=" + group.partitionAssignor()
                + " simple=" + group.isSimpleConsumerGroup() + " coordinator=" + node(group.coordinator())
                + " hasGroupEpoch=" + group.groupEpoch().isPresent() + " operations=" + group.authorizedOperations();
    }

    private Object listGroups() throws ExecutionException, InterruptedException {
        return new TreeSet<>(admin.listGroups().all().get().stream()
                .map(group -> group.groupId() + " " + group.type().map(Object::toString).orElse("") + " "
                        + group.protocol() + " " + group.groupState().map(Object::toString).orElse("")).toList());
    }

    private String deleteGroup(String id) throws ExecutionException, InterruptedException {
        admin.deleteConsumerGroups(List.of(id)).all().get();
        return "deleted";
    }

    private String deleteOffsets(String group, TopicPartition partition) throws ExecutionException, InterruptedException {
        admin.deleteConsumerGroupOffsets(group, new HashSet<>(Set.of(partition))).all().get();
        return "deleted";
    }

    private KafkaConsumer<String, String> consumer(String group, String protocol) {
        Properties properties = properties();
        properties.put("group.id", group);
        properties.put("client.id", group + "-member");
        properties.put("group.protocol", protocol);
        return new KafkaConsumer<>(properties);
    }

    private static String join(KafkaConsumer<String, String> consumer) {
        consumer.subscribe(List.of("grouped"));
        while (consumer.assignment().size() < 2) {
            consumer.poll(Duration.ofMillis(100));
        }
        consumer.commitSync(Map.of(new TopicPartition("grouped", 0), new OffsetAndMetadata(0)));
        return "joined";
    }
}
