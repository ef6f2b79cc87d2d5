import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Offsets by time, and records that are deleted up to an offset. */
public final class AdminOffsets extends AdminTranscript {
    private AdminOffsets(String bootstrap) throws Exception {
        super(bootstrap);
    }

    public static void main(String[] args) throws Exception {
        try (AdminOffsets transcript = new AdminOffsets(args[0])) {
            transcript.run();
        }
    }

    @Override
    void run() {
        step("createTopics", () -> create(new NewTopic("log", 2, (short) 1)));
        step("produce 10 to partition 0 and 3 to partition 1", () -> {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties())) {
                for (int i = 0; i < 13; i++) {
                    producer.send(new ProducerRecord<>("log", i < 10 ? 0 : 1, 1_000L + i, "k" + i, "v" + i)).get();
                }
            }
            return "sent";
        });
        step("listOffsets earliest", () -> offsets(OffsetSpec.earliest()));
        step("listOffsets latest", () -> offsets(OffsetSpec.latest()));
        step("listOffsets for timestamp 1005", () -> offsets(OffsetSpec.forTimestamp(1_005)));
        step("listOffsets for timestamp 9999", () -> offsets(OffsetSpec.forTimestamp(9_999)));
        step("listOffsets max timestamp", () -> offsets(OffsetSpec.maxTimestamp()));
        step("listOffsets earliest local", () -> offsets(OffsetSpec.earliestLocal()));
        step("deleteRecords before 4", () -> deleteRecords("log", 0, 4));
        step("deleteRecords before 2", () -> deleteRecords("log", 0, 2));
        step("deleteRecords to the end", () -> deleteRecords("log", 1, -1));
        step("deleteRecords beyond the end", () -> deleteRecords("log", 0, 11));
        step("listOffsets earliest", () -> offsets(OffsetSpec.earliest()));
        step("listOffsets latest", () -> offsets(OffsetSpec.latest()));
    }

    private static String offset(ListOffsetsResultInfo info) {
        return "offset " + info.offset() + " timestamp " + info.timestamp() + " epoch " + info.leaderEpoch().orElse(-1);
    }

    private String deleteRecords(String topic, int partition, long offset) throws ExecutionException, InterruptedException {
        TopicPartition key = new TopicPartition(topic, partition);
        return "low watermark " + admin.deleteRecords(Map.of(key, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks().get(key).get().lowWatermark();
    }

    private String offsets(OffsetSpec spec) throws ExecutionException, InterruptedException {
        TopicPartition zero = new TopicPartition("log", 0);
        TopicPartition one = new TopicPartition("log", 1);
        var offsets = admin.listOffsets(Map.of(zero, spec, one, spec)).all().get();
        return new TreeMap<>(Map.of(0, offset(offsets.get(zero)), 1, offset(offsets.get(one)))).toString();
    }
}
