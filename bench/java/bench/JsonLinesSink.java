package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Writes values without a schema as lines of JSON, as our jsonl does with fsync=false. */
public final class JsonLinesSink extends SinkConnector {
    private Map<String, String> config = Map.of();

    @Override
    public void start(Map<String, String> given) {
        config = given;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return LinesTask.class;
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
        return new ConfigDef().define("file", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Path.");
    }

    @Override
    public String version() {
        return "1";
    }

    /** The one task. */
    public static final class LinesTask extends SinkTask {
        private final ObjectMapper mapper = new ObjectMapper();
        private OutputStream out;

        @Override
        public void start(Map<String, String> config) {
            try {
                out = new BufferedOutputStream(new FileOutputStream(config.get("file"), true), 1 << 16);
            } catch (IOException e) {
                throw new ConnectException(e);
            }
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            try {
                for (SinkRecord record : records) {
                    out.write(mapper.writeValueAsBytes(record.value()));
                    out.write('\n');
                }
                out.flush();
            } catch (IOException e) {
                throw new ConnectException(e);
            }
        }

        @Override
        public void flush(Map<TopicPartition, OffsetAndMetadata> offsets) {
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
