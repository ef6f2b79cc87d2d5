import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A question after the other to a broker's administration, and what it answers, without what differs from run to run.
 * The only argument of each transcript is the bootstrap address.
 */
abstract class AdminTranscript implements AutoCloseable {
    final Admin admin;
    final int nodeId;
    private final String bootstrap;

    AdminTranscript(String bootstrap) throws Exception {
        this.bootstrap = bootstrap;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        nodeId = admin.describeCluster().nodes().get().iterator().next().id();
    }

    /** Prints the transcript. */
    abstract void run() throws Exception;

    @Override
    public final void close() {
        admin.close();
    }

    /** Creates a topic and waits until the broker shows it, which is a moment after the controller has answered. */
    final String create(NewTopic topic) throws ExecutionException, InterruptedException {
        var result = admin.createTopics(List.of(topic));
        result.all().get();
        awaitListed(topic.name(), true);
        return "created with " + result.numPartitions(topic.name()).get() + " partitions, replication factor "
                + result.replicationFactor(topic.name()).get() + ", " + result.config(topic.name()).get().entries().size()
                + " configs";
    }

    final void awaitListed(String topic, boolean isListed) throws ExecutionException, InterruptedException {
        while (admin.listTopics().names().get().contains(topic) != isListed) {
            Thread.sleep(20);
        }
    }

    final String node(Node node) {
        return node == null ? "none" : node.id() == nodeId ? "NODE" : "unknown node " + node.id();
    }

    final void step(String name, Callable<Object> question) {
        say("> " + name);
        try {
            say(String.valueOf(question.call()));
        } catch (ExecutionException e) {
            say(e.getCause().getClass().getSimpleName() + ": " + e.getCause().getMessage());
        } catch (Exception e) {
            say(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    static void say(String line) {
        System.out.println(line);
    }

    final Properties properties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", StringSerializer.class.getName());
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", StringDeserializer.class.getName());
        return properties;
    }
}
