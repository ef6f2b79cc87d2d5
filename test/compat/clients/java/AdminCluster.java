import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;

/** Features, quorum, elections, reassignments, log directories and config resources. */
public final class AdminCluster extends AdminTranscript {
    private static final TopicPartition ZERO = new TopicPartition("placed", 0);

    private AdminCluster(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminCluster transcript = new AdminCluster(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        step("createTopics", () -> create(new NewTopic("placed", 2, (short) 1)));
        features();
        quorum();
        elections();
        logDirs();
        step("listConfigResources", () -> admin.listConfigResources().all().get().stream().map(Object::toString).sorted().toList());
        step("listConfigResources, topics", () -> admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC),
                new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all().get().stream().map(Object::toString).sorted().toList());
        step("unregisterBroker unknown", () -> {
            admin.unregisterBroker(77).all().get();
            return "gone";
        });
    }

    private void features() {
        step("describeFeatures", () -> {
            var features = admin.describeFeatures().featureMetadata().get();
            new TreeMap<>(features.supportedFeatures()).forEach((name, range) -> say("  supported " + name + " " + range));
            new TreeMap<>(features.finalizedFeatures()).forEach((name, range) -> say("  finalized " + name + " " + range));
            return "end";
        });
        update("unknown feature", "no.such", 1, FeatureUpdate.UpgradeType.UPGRADE);
        update("the level there is", "transaction.version", 2, FeatureUpdate.UpgradeType.UPGRADE);
        update("too high", "transaction.version", 9, FeatureUpdate.UpgradeType.UPGRADE);
        update("down as an upgrade", "group.version", 0, FeatureUpdate.UpgradeType.UPGRADE);
        update("the metadata version down", "metadata.version", 25, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        update("the metadata version down, unsafe", "metadata.version", 25, FeatureUpdate.UpgradeType.UNSAFE_DOWNGRADE);
    }

    private void update(String what, String feature, int level, FeatureUpdate.UpgradeType type) {
        step("updateFeatures, only checked: " + what, () -> {
            admin.updateFeatures(Map.of(feature, new FeatureUpdate((short) level, type)),
                    new UpdateFeaturesOptions().validateOnly(true)).all().get();
            return "valid";
        });
    }

    private void quorum() {
        step("describeMetadataQuorum", () -> {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get();
            return "leader=" + (quorum.leaderId() == nodeId) + " voters=" + quorum.voters().size() + " observers="
                    + quorum.observers().size() + " highWatermark>0 " + (quorum.highWatermark() > 0) + " nodes="
                    + quorum.nodes().size() + " caughtUp=" + quorum.voters().get(0).lastCaughtUpTimestamp().isPresent();
        });
    }

    private void elections() {
        step("electLeaders, preferred", () -> elected(ElectionType.PREFERRED, Set.of(ZERO)));
        step("electLeaders, unclean", () -> elected(ElectionType.UNCLEAN, Set.of(ZERO)));
        step("electLeaders unknown", () -> elected(ElectionType.PREFERRED, Set.of(new TopicPartition("unknown", 0))));
        step("electLeaders of all", () -> elected(ElectionType.PREFERRED, null));
        step("alterPartitionReassignments to where it is", () -> reassigned(ZERO, Optional.of(new NewPartitionReassignment(List.of(nodeId)))));
        step("alterPartitionReassignments to an unknown broker", () -> reassigned(ZERO, Optional.of(new NewPartitionReassignment(List.of(77)))));
        step("alterPartitionReassignments cancelled", () -> reassigned(ZERO, Optional.empty()));
        step("alterPartitionReassignments unknown", () -> reassigned(new TopicPartition("unknown", 0),
                Optional.of(new NewPartitionReassignment(List.of(nodeId)))));
        step("listPartitionReassignments", () -> admin.listPartitionReassignments().reassignments().get());
    }

    private String elected(ElectionType type, Set<TopicPartition> partitions) throws Exception {
        Map<String, String> shown = new TreeMap<>();
        admin.electLeaders(type, partitions).partitions().get().forEach((partition, error) ->
                shown.put(partition.toString(), error.map(Throwable::toString).orElse("elected")));
        return shown.toString();
    }

    private String reassigned(TopicPartition partition, Optional<NewPartitionReassignment> to) throws Exception {
        admin.alterPartitionReassignments(Map.of(partition, to)).all().get();
        return "accepted";
    }

    private void logDirs() {
        step("a record", () -> {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
                return producer.send(new ProducerRecord<>("placed", 0, 1_000L, "k", "v")).get().offset();
            }
        });
        step("describeLogDirs", () -> {
            Map<String, LogDirDescription> dirs = admin.describeLogDirs(List.of(nodeId)).descriptions().get(nodeId).get();
            for (LogDirDescription dir : dirs.values()) {
                Map<String, String> shown = new TreeMap<>();
                dir.replicaInfos().forEach((partition, replica) -> {
                    if (partition.topic().equals("placed")) {
                        shown.put(partition.toString(), replica.size() + " bytes lag=" + replica.offsetLag() + " future=" + replica.isFuture());
                    }
                });
                say("  error=" + dir.error() + " total>usable " + (dir.totalBytes().getAsLong() > dir.usableBytes().getAsLong())
                        + " cordoned=" + dir.isCordoned() + " " + shown);
            }
            return dirs.size() + " directory";
        });
        step("describeLogDirs of another broker", () -> admin.describeLogDirs(List.of(77),
                new org.apache.kafka.clients.admin.DescribeLogDirsOptions().timeoutMs(2000)).allDescriptions().get());
        TopicPartitionReplica replica = new TopicPartitionReplica("placed", 0, nodeId);
        step("describeReplicaLogDirs", () -> {
            var info = admin.describeReplicaLogDirs(List.of(replica)).values().get(replica).get();
            return "current=" + (info.getCurrentReplicaLogDir() != null) + " lag=" + info.getCurrentReplicaOffsetLag() + " future="
                    + info.getFutureReplicaLogDir();
        });
        step("alterReplicaLogDirs to where it is", () -> {
            String current = admin.describeReplicaLogDirs(List.of(replica)).values().get(replica).get().getCurrentReplicaLogDir();
            Map<TopicPartitionReplica, String> moves = new HashMap<>(Map.of(replica, current));
            admin.alterReplicaLogDirs(moves).all().get();
            return "moved";
        });
        step("alterReplicaLogDirs to nowhere", () -> {
            admin.alterReplicaLogDirs(Map.of(replica, "/no/such/directory")).all().get();
            return "moved";
        });
        step("alterReplicaLogDirs of an unknown partition", () -> {
            admin.alterReplicaLogDirs(Map.of(new TopicPartitionReplica("placed", 9, nodeId), "/no/such/directory")).all().get();
            return "moved";
        });
    }
}
