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
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What the transcripts about groups have in common; both look at groups that read the topic "grouped". */
abstract class GroupTranscript extends AdminTranscript {
    static final TopicPartition ZERO = new TopicPartition("grouped", 0);
    static final TopicPartition ONE = new TopicPartition("grouped", 1);

    GroupTranscript(String bootstrap) throws Exception {
        super(bootstrap);
    }

    final String committed(String group) throws ExecutionException, InterruptedException {
        Map<String, String> shown = new TreeMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, position) ->
                shown.put(partition.toString(),
                        position == null ? "null" : position.offset() + " '" + position.metadata() + "'"));
        return shown.toString();
    }

    final String alterOffsets(String group, Map<TopicPartition, OffsetAndMetadata> offsets)
            throws ExecutionException, InterruptedException {
        admin.alterConsumerGroupOffsets(group, offsets).all().get();
        return "altered";
    }

    final String deleteOffsets(String group, TopicPartition partition) throws ExecutionException, InterruptedException {
        admin.deleteConsumerGroupOffsets(group, new HashSet<>(Set.of(partition))).all().get();
        return "deleted";
    }

    final String describeGroup(String id) throws ExecutionException, InterruptedException {
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

    final Object listGroups() throws ExecutionException, InterruptedException {
        return listGroups(new ListGroupsOptions());
    }

    final Object listGroups(ListGroupsOptions options) throws ExecutionException, InterruptedException {
        return new TreeSet<>(admin.listGroups(options).all().get().stream().map(GroupTranscript::listed).toList());
    }

    private static String listed(GroupListing group) {
        return group.groupId() + " " + group.type().map(Object::toString).orElse("") + " " + group.protocol() + " "
                + group.groupState().map(Object::toString).orElse("");
    }

    final String deleteGroup(String id) throws ExecutionException, InterruptedException {
        admin.deleteConsumerGroups(List.of(id)).all().get();
        return "deleted";
    }

    final KafkaConsumer<String, String> consumer(String group, String protocol) {
        Properties properties = properties();
        properties.put("group.id", group);
        properties.put("client.id", group + "-member");
        properties.put("group.protocol", protocol);
        // What is committed is what the transcript commits, not what its close finds assigned.
        properties.put("enable.auto.commit", "false");
        return new KafkaConsumer<>(properties);
    }

    static String join(KafkaConsumer<String, String> consumer) {
        consumer.subscribe(List.of("grouped"));
        while (consumer.assignment().size() < 2) {
            consumer.poll(Duration.ofMillis(100));
        }
        consumer.commitSync(Map.of(ZERO, new OffsetAndMetadata(0)));
        return "joined";
    }
}
