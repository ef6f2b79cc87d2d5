import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;

/** Prints a group's state and its number of members: bootstrap, group. */
public final class DescribeGroup {
    public static void main(String[] args) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
            ConsumerGroupDescription group =
                    admin.describeConsumerGroups(List.of(args[1])).describedGroups().get(args[1]).get();
            Facts.print("group", "state", group.groupState().toString(), "members", group.members().size());
        }
    }
}
