import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.config.ConfigResource;

/** Names and kinds of all broker configs; then their values, where they come from and what else they may come from. */
public final class AdminBrokerConfigs extends AdminTranscript {
    private AdminBrokerConfigs(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminBrokerConfigs transcript = new AdminBrokerConfigs(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(nodeId));
        step("describeConfigs of the broker", () -> {
            Config config = admin.describeConfigs(List.of(broker)).all().get().get(broker);
            config.entries().stream().sorted(Comparator.comparing(ConfigEntry::name)).forEach(entry ->
                    say("  " + entry.name() + " " + entry.type() + (entry.isSensitive() ? " sensitive" : "")
                            + (entry.isReadOnly() ? " read-only" : "")));
            return "end";
        });
        step("values of the broker", () -> {
            DescribeConfigsOptions options = new DescribeConfigsOptions().includeSynonyms(true);
            Config config = admin.describeConfigs(List.of(broker), options).all().get().get(broker);
            config.entries().stream().sorted(Comparator.comparing(ConfigEntry::name)).forEach(entry ->
                    say("  " + entry.name() + "=" + entry.value() + " " + entry.source() + entry.synonyms().stream()
                            .map(synonym -> synonym.name() + "=" + synonym.value() + " " + synonym.source()).toList()));
            return "end";
        });
    }
}
