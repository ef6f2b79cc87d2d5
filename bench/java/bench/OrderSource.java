package bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/** Makes the records of our datagen's quickstart "orders", as many as "iterations" says. */
public final class OrderSource extends SourceConnector {
    private Map<String, String> config = Map.of();

    @Override
    public void start(Map<String, String> given) {
        config = given;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return OrderTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int most) {
        return List.of(new HashMap<>(config));
    }

    @Override
    public void stop() {
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Topic.")
                .define("iterations", ConfigDef.Type.LONG, ConfigDef.Importance.HIGH, "Records.");
    }

    @Override
    public String version() {
        return "1";
    }

    /** The one task. */
    public static final class OrderTask extends SourceTask {
        private static final int BATCH = 500;
        private static final Map<String, ?> PARTITION = Map.of("task.id", 0);
        private static final Schema ADDRESS = SchemaBuilder.struct().name("datagen.orders.address")
                .field("city", Schema.STRING_SCHEMA).field("state", Schema.STRING_SCHEMA)
                .field("zipcode", Schema.INT64_SCHEMA).build();
        private static final Schema ORDER = SchemaBuilder.struct().name("datagen.orders")
                .field("ordertime", Schema.INT64_SCHEMA).field("orderid", Schema.INT32_SCHEMA)
                .field("itemid", Schema.STRING_SCHEMA).field("orderunits", Schema.FLOAT64_SCHEMA)
                .field("address", ADDRESS).build();
        private static final long FIRST = Instant.parse("2017-02-21T00:00:00Z").toEpochMilli();
        private static final long SPAN = 366L * 24 * 3600 * 1000;

        private final Random random = new Random(1);
        private String topic;
        private long count;
        private long next;

        @Override
        public void start(Map<String, String> config) {
            topic = config.get("topic");
            count = Long.parseLong(config.get("iterations"));
        }

        @Override
        public List<SourceRecord> poll() throws InterruptedException {
            if (next >= count) {
                Thread.sleep(100);
                return null;
            }
            List<SourceRecord> records = new ArrayList<>(BATCH);
            for (int i = 0; i < BATCH && next < count; i++, next++) records.add(record());
            return records;
        }

        private SourceRecord record() {
            int id = (int) next;
            Struct address = new Struct(ADDRESS).put("city", "City_" + (10 + random.nextInt(90)))
                    .put("state", "State_" + (10 + random.nextInt(90))).put("zipcode", 10000L + random.nextInt(90000));
            Struct order = new Struct(ORDER).put("ordertime", FIRST + (long) (random.nextDouble() * SPAN))
                    .put("orderid", id).put("itemid", "Item_" + (1 + random.nextInt(999)))
                    .put("orderunits", 0.1 + random.nextDouble() * 9.9).put("address", address);
            return new SourceRecord(PARTITION, Map.of("iteration", next), topic, null, Schema.INT32_SCHEMA, id, ORDER, order);
        }

        @Override
        public void stop() {
        }

        @Override
        public String version() {
            return "1";
        }
    }
}
