import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;

/** Configs of topics, brokers and groups: describe and alter. */
public final class AdminConfigs extends AdminTranscript {
    private AdminConfigs(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminConfigs transcript = new AdminConfigs(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "configured");
        step("createTopics", () -> create(new NewTopic("configured", 1, (short) 1).configs(Map.of("segment.ms", "60000"))));
        step("describeConfigs of a topic, all", () -> describe(topic, entry -> true));
        step("incrementalAlterConfigs set and append", () -> alter(topic,
                new AlterConfigOp(new ConfigEntry("retention.ms", "3600000"), OpType.SET),
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), OpType.APPEND)));
        step("describeConfigs, set on the topic", () -> describe(topic,
                entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG));
        step("incrementalAlterConfigs subtract and delete", () -> alter(topic,
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), OpType.SUBTRACT),
                new AlterConfigOp(new ConfigEntry("retention.ms", ""), OpType.DELETE)));
        step("describeConfigs, set on the topic", () -> describe(topic,
                entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG));
        step("incrementalAlterConfigs unknown", () -> alter(topic,
                new AlterConfigOp(new ConfigEntry("no.such", "1"), OpType.SET)));
        step("incrementalAlterConfigs bad value", () -> alter(topic,
                new AlterConfigOp(new ConfigEntry("retention.ms", "soon"), OpType.SET)));
        step("incrementalAlterConfigs append to a number", () -> alter(topic,
                new AlterConfigOp(new ConfigEntry("retention.ms", "5"), OpType.APPEND)));
        ConfigResource unknown = new ConfigResource(ConfigResource.Type.TOPIC, "unknown");
        step("incrementalAlterConfigs unknown topic", () -> alter(unknown,
                new AlterConfigOp(new ConfigEntry("retention.ms", "5"), OpType.SET)));
        step("describeConfigs unknown topic", () -> describe(unknown, entry -> true));
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(nodeId));
        step("incrementalAlterConfigs of the broker", () -> alter(broker,
                new AlterConfigOp(new ConfigEntry("log.retention.ms", "7200000"), OpType.SET)));
        step("describeConfigs of the broker, dynamic", () -> describe(broker,
                entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG));
        step("describeConfigs of a topic, inherited", () -> describe(topic, entry -> entry.name().equals("retention.ms")));
        step("incrementalAlterConfigs of the broker, read-only", () -> alter(broker,
                new AlterConfigOp(new ConfigEntry("node.id", "9"), OpType.SET)));
        step("incrementalAlterConfigs of the broker, back", () -> alter(broker,
                new AlterConfigOp(new ConfigEntry("log.retention.ms", ""), OpType.DELETE)));
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        step("incrementalAlterConfigs of all brokers", () -> alter(brokers,
                new AlterConfigOp(new ConfigEntry("log.retention.ms", "9000000"), OpType.SET)));
        step("describeConfigs of all brokers", () -> describe(brokers, entry -> true));
        step("describeConfigs of a topic, inherited", () -> describe(topic, entry -> entry.name().equals("retention.ms")));
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "configured-group");
        step("incrementalAlterConfigs of a group", () -> alter(group,
                new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "50000"), OpType.SET)));
        step("describeConfigs of a group, set", () -> describe(group,
                entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG));
    }

    private String describe(ConfigResource resource, Predicate<ConfigEntry> isShown)
            throws ExecutionException, InterruptedException {
        Config config = admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                .all().get().get(resource);
        List<ConfigEntry> entries = config.entries().stream().filter(isShown)
                .sorted(Comparator.comparing(ConfigEntry::name)).toList();
        for (ConfigEntry entry : entries) {
            say("  " + entry.name() + "=" + entry.value() + " " + entry.source() + " " + entry.type()
                    + (entry.isSensitive() ? " sensitive" : "") + (entry.isReadOnly() ? " read-only" : "")
                    + " synonyms=" + entry.synonyms().stream()
                            .map(synonym -> synonym.source() + ":" + synonym.name() + "=" + synonym.value()).toList());
        }
        return entries.size() + " configs";
    }

    private String values(ConfigResource resource) throws InterruptedException {
        try {
            return new TreeSet<>(admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
                    .map(entry -> entry.name() + "=" + entry.value() + " " + entry.source()).toList()).toString();
        } catch (ExecutionException e) {
            return e.getMessage();
        }
    }

    private String alter(ConfigResource resource, AlterConfigOp... ops) throws ExecutionException, InterruptedException {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(resource, List.of(ops));
        String before = values(resource);
        admin.incrementalAlterConfigs(changes).all().get();
        // A broker goes by a change a moment after the controller has accepted it.
        for (int tries = 0; tries < 300 && values(resource).equals(before); tries++) {
            Thread.sleep(20);
        }
        // And what inherits it another moment later.
        Thread.sleep(100);
        return "altered";
    }
}
