import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/** The cluster and its topics: create, list, describe, grow, delete. Needs an empty broker. */
public final class AdminTopics extends AdminTranscript {
    private AdminTopics(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminTopics transcript = new AdminTopics(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        step("describeCluster", () -> {
            DescribeClusterResult cluster = admin.describeCluster();
            return "nodes=" + cluster.nodes().get().stream().map(this::node).toList()
                    + " controller=" + node(cluster.controller().get())
                    + " clusterId of 22 characters=" + (cluster.clusterId().get().length() == 22)
                    + " authorizedOperations=" + cluster.authorizedOperations().get();
        });
        step("listTopics", () -> admin.listTopics().names().get());
        step("createTopics one", () -> create(new NewTopic("one", 1, (short) 1)));
        step("createTopics three", () -> create(new NewTopic("three", 3, (short) 1)
                .configs(Map.of("cleanup.policy", "compact", "segment.bytes", "1048576"))));
        step("createTopics defaults", () -> create(new NewTopic("defaults", Optional.empty(), Optional.empty())));
        step("createTopics assigned", () ->
                create(new NewTopic("assigned", Map.of(0, List.of(nodeId), 1, List.of(nodeId)))));
        step("createTopics one again", () -> create(new NewTopic("one", 1, (short) 1)));
        step("createTopics bad name", () -> create(new NewTopic("bad name", 1, (short) 1)));
        step("createTopics empty name", () -> create(new NewTopic("", 1, (short) 1)));
        step("createTopics dots", () -> create(new NewTopic("..", 1, (short) 1)));
        step("createTopics long name", () -> create(new NewTopic("x".repeat(250), 1, (short) 1)));
        step("createTopics no partitions", () -> create(new NewTopic("none", 0, (short) 1)));
        step("createTopics two replicas", () -> create(new NewTopic("two-replicas", 1, (short) 2)));
        step("createTopics unknown config", () -> create(new NewTopic("odd", 1, (short) 1).configs(Map.of("no.such", "1"))));
        step("createTopics bad config", () -> create(new NewTopic("odd", 1, (short) 1)
                .configs(Map.of("retention.ms", "soon"))));
        step("createTopics bad policy", () -> create(new NewTopic("odd", 1, (short) 1)
                .configs(Map.of("cleanup.policy", "burn"))));
        step("createTopics unknown broker", () -> create(new NewTopic("odd", Map.of(0, List.of(77)))));
        step("createTopics validate only", () -> {
            NewTopic topic = new NewTopic("only-validated", 2, (short) 1);
            admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true)).all().get();
            return "validated";
        });
        step("listTopics", () -> new TreeSet<>(admin.listTopics().names().get()));
        step("listTopics internal too", () ->
                new TreeSet<>(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get()));
        step("describeTopics", () -> {
            Map<String, TopicDescription> topics =
                    admin.describeTopics(List.of("one", "three", "assigned")).allTopicNames().get();
            topics.values().stream().sorted(Comparator.comparing(TopicDescription::name)).forEach(this::printTopic);
            return topics.size() + " topics";
        });
        step("describeTopics unknown", () -> admin.describeTopics(List.of("unknown")).allTopicNames().get());
        step("createPartitions three to five", () -> grow("three", 5));
        step("createPartitions fewer", () -> grow("three", 2));
        step("createPartitions the same", () -> grow("three", 5));
        step("createPartitions unknown", () -> grow("unknown", 5));
        step("describeTopics three", () -> {
            admin.describeTopics(List.of("three")).allTopicNames().get().values().forEach(this::printTopic);
            return "described";
        });
        step("deleteTopics assigned", () -> delete("assigned"));
        step("deleteTopics assigned again", () -> delete("assigned"));
        step("createTopics assigned anew", () -> create(new NewTopic("assigned", 1, (short) 1)));
        step("listTopics", () -> new TreeSet<>(admin.listTopics().names().get()));
    }

    private String grow(String topic, int count) throws ExecutionException, InterruptedException {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all().get();
        while (admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size() < count) {
            Thread.sleep(20);
        }
        return "grown";
    }

    private String delete(String topic) throws ExecutionException, InterruptedException {
        admin.deleteTopics(List.of(topic)).all().get();
        awaitListed(topic, false);
        return "deleted";
    }

    private void printTopic(TopicDescription topic) {
        say("  " + topic.name() + " internal=" + topic.isInternal()
                + " hasId=" + !topic.topicId().equals(Uuid.ZERO_UUID));
        topic.partitions().forEach(partition -> say("    " + partition.partition() + " leader=" + node(partition.leader())
                + " replicas=" + partition.replicas().stream().map(this::node).toList()
                + " isr=" + partition.isr().stream().map(this::node).toList()
                + " elr=" + partition.elr() + " lastKnownElr=" + partition.lastKnownElr()));
    }
}
