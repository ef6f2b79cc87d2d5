import java.util.Set;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupType;

/** A group of the consumer protocol (KIP-848): list, describe, delete, with and without a member. */
public final class AdminConsumerProtocol extends GroupTranscript {
    private AdminConsumerProtocol(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminConsumerProtocol transcript = new AdminConsumerProtocol(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        step("createTopics", () -> create(new NewTopic("grouped", 2, (short) 1)));
        try (KafkaConsumer<String, String> consumer = consumer("consumer-group", "consumer")) {
            step("join a group with the consumer protocol", () -> join(consumer));
            step("describeConsumerGroups with a consumer protocol member", () -> describeGroup("consumer-group"));
            step("deleteConsumerGroups with a member", () -> deleteGroup("consumer-group"));
            step("deleteConsumerGroupOffsets of a subscribed topic", () -> deleteOffsets("consumer-group", ZERO));
            step("listGroups", () -> listGroups());
        }
        step("describeConsumerGroups without members", () -> describeGroup("consumer-group"));
        step("listConsumerGroupOffsets", () -> committed("consumer-group"));
        step("listGroups", () -> listGroups());
        step("listGroups of type consumer", () -> listGroups(new ListGroupsOptions()
                .withTypes(Set.of(GroupType.CONSUMER))));
        step("deleteConsumerGroups of a consumer group", () -> deleteGroup("consumer-group"));
        step("listGroups", () -> listGroups());
    }
}
