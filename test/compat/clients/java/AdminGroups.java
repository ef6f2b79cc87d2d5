import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** Groups and their committed offsets: list, describe, alter, delete, with and without members of a classic group. */
public final class AdminGroups extends GroupTranscript {
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
        step("createTopics", () -> create(new NewTopic("grouped", 2, (short) 1)));
        withoutMembers();
        try (KafkaConsumer<String, String> consumer = consumer("classic-group", "classic")) {
            withMember(consumer);
        }
        afterMembers();
    }

    private void withoutMembers() {
        step("listGroups", () -> listGroups());
        step("describeConsumerGroups unknown", () -> describeGroup("unknown"));
        step("describeClassicGroups unknown", () -> describeClassicGroup("unknown"));
        step("listConsumerGroupOffsets unknown", () -> committed("unknown"));
        step("alterConsumerGroupOffsets of a new group", () -> alterOffsets("set-by-admin",
                Map.of(ZERO, new OffsetAndMetadata(3, "note"), ONE, new OffsetAndMetadata(0))));
        step("listConsumerGroupOffsets", () -> committed("set-by-admin"));
        step("describeConsumerGroups of a group with offsets only", () -> describeGroup("set-by-admin"));
        step("alterConsumerGroupOffsets unknown topic", () -> alterOffsets("set-by-admin",
                Map.of(new TopicPartition("unknown", 0), new OffsetAndMetadata(1))));
    }

    private void withMember(KafkaConsumer<String, String> consumer) {
        step("join a classic group", () -> join(consumer));
        step("describeConsumerGroups with a classic member", () -> describeGroup("classic-group"));
        step("describeClassicGroups with a classic member", () -> describeClassicGroup("classic-group"));
        step("deleteConsumerGroups with a member", () -> deleteGroup("classic-group"));
        step("deleteConsumerGroupOffsets of a subscribed topic", () -> deleteOffsets("classic-group", ZERO));
        step("alterConsumerGroupOffsets with a member", () -> alterOffsets("classic-group",
                Map.of(ZERO, new OffsetAndMetadata(1))));
        step("listGroups", () -> listGroups());
        step("listGroups in state Stable", () -> listGroups(new ListGroupsOptions()
                .inGroupStates(Set.of(GroupState.STABLE))));
        step("removeMembersFromConsumerGroup, all", () -> {
            admin.removeMembersFromConsumerGroup("classic-group", new RemoveMembersFromConsumerGroupOptions()).all().get();
            return "removed";
        });
        step("describeConsumerGroups after its member was removed", () -> describeGroup("classic-group"));
    }

    private void afterMembers() {
        step("describeConsumerGroups without members", () -> describeGroup("classic-group"));
        step("listGroups", () -> listGroups());
        step("listGroups in state Stable", () -> listGroups(new ListGroupsOptions()
                .inGroupStates(Set.of(GroupState.STABLE))));
        step("listGroups of type classic", () -> listGroups(new ListGroupsOptions()
                .withTypes(Set.of(GroupType.CLASSIC))));
        step("listGroups of type consumer", () -> listGroups(new ListGroupsOptions()
                .withTypes(Set.of(GroupType.CONSUMER))));
        step("deleteConsumerGroupOffsets", () -> deleteOffsets("set-by-admin", ONE));
        step("listConsumerGroupOffsets", () -> committed("set-by-admin"));
        step("deleteConsumerGroups", () -> deleteGroup("set-by-admin"));
        step("deleteConsumerGroups unknown", () -> deleteGroup("set-by-admin"));
        step("listConsumerGroupOffsets of a deleted group", () -> committed("set-by-admin"));
        step("deleteConsumerGroups of a group that had members", () -> deleteGroup("classic-group"));
        step("listGroups", () -> listGroups());
    }

    private String describeClassicGroup(String id) throws Exception {
        var group = admin.describeClassicGroups(List.of(id)).describedGroups().get(id).get();
        return "state=" + group.state() + " protocol=" + group.protocol() + " data=" + group.protocolData()
                + " members=" + group.members().size() + " coordinator=" + node(group.coordinator());
    }
}
