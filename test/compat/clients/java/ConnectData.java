import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaProjector;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Connect's data plane as an oracle: reads lines {"subject": ...}, asks Kafka's own classes, and prints for each what they
 * answer, or {"error": class, "message": text}. Schemas, values and records are described by {@link ConnectDescription}.
 */
public final class ConnectData {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ConnectData() {
    }

    public static void main(String[] args) throws IOException {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        Locale.setDefault(Locale.US);
        MAPPER.configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode question = MAPPER.readTree(line);
            out.println(MAPPER.writeValueAsString(attempt(() -> answer(question))));
        }
        out.flush();
    }

    private static JsonNode attempt(Callable<JsonNode> ask) {
        try {
            return ask.call();
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            var node = MAPPER.createObjectNode().put("error", e.getClass().getSimpleName());
            return node.put("message", e.getMessage());
        }
    }

    private static JsonNode answer(JsonNode question) throws Exception {
        switch (question.get("subject").asText()) {
            case "parse":
                return parsed(question.get("text").asText());
            case "convert":
                return MAPPER.createObjectNode().set("value", converted(question));
            case "header-read":
                return described(header().toConnectHeader("t", "k", bytes(question)));
            case "header-write":
                return written(headerBytes(question, schemaOf(question)));
            case "read":
                return described(converter(question).toConnectData("t", bytes(question)));
            case "write":
                return written(converterBytes(question, schemaOf(question)));
            case "project":
                return projected(question);
            case "transform":
                return transformed(question);
            case "predicate":
                return tested(question);
            default:
                throw new IllegalStateException("no such subject: " + question);
        }
    }

    private static JsonNode parsed(String text) {
        SchemaAndValue parsed = Values.parseString(text);
        var node = (ObjectNode) described(parsed);
        if (parsed != null) {
            node.put("text", Values.convertToString(parsed.schema(), parsed.value()));
        }
        return node;
    }

    private static JsonNode converted(JsonNode question) {
        Schema schema = schemaOf(question);
        return ConnectDescription.describe(convert(question, schema, valueOf(question, schema)));
    }

    private static Object convert(JsonNode question, Schema schema, Object value) {
        switch (question.get("to").asText()) {
            case "boolean":
                return Values.convertToBoolean(schema, value);
            case "int8":
                return Values.convertToByte(schema, value);
            case "int16":
                return Values.convertToShort(schema, value);
            case "int32":
                return Values.convertToInteger(schema, value);
            case "int64":
                return Values.convertToLong(schema, value);
            case "float32":
                return Values.convertToFloat(schema, value);
            case "float64":
                return Values.convertToDouble(schema, value);
            case "string":
                return Values.convertToString(schema, value);
            case "array":
                return Values.convertToList(schema, value);
            case "map":
                return Values.convertToMap(schema, value);
            case "struct":
                return Values.convertToStruct(schema, value);
            case "Date":
                return Values.convertToDate(schema, value);
            case "Time":
                return Values.convertToTime(schema, value);
            case "Timestamp":
                return Values.convertToTimestamp(schema, value);
            default:
                return Values.convertToDecimal(schema, value, question.get("scale").asInt());
        }
    }

    private static HeaderConverter header() {
        return new SimpleHeaderConverter();
    }

    private static Converter converter(JsonNode question) throws Exception {
        var converter = (Converter) instance(question);
        Map<String, String> config = config(question);
        config.put("converter.type", "value");
        converter.configure(config, false);
        return converter;
    }

    private static Object instance(JsonNode question) throws Exception {
        return Class.forName(question.get("class").asText()).getDeclaredConstructor().newInstance();
    }

    private static Map<String, String> config(JsonNode question) {
        Map<String, String> config = new HashMap<>();
        for (var entry : question.path("config").properties()) {
            config.put(entry.getKey(), entry.getValue().asText());
        }
        return config;
    }

    private static JsonNode projected(JsonNode question) {
        Schema source = ConnectDescription.schema(question.get("source"));
        Schema target = ConnectDescription.schema(question.get("target"));
        Object value = ConnectDescription.value(question.get("value"), source);
        Object projected = SchemaProjector.project(source, value, target);
        return MAPPER.createObjectNode().set("value", ConnectDescription.describe(projected));
    }

    private static JsonNode transformed(JsonNode question) throws Exception {
        try (var transformation = (Transformation<?>) instance(question)) {
            ObjectNode answer = problems(transformation.config(), question);
            JsonNode start = attempt(() -> {
                transformation.configure(config(question));
                return null;
            });
            if (start != null) {
                return answer.set("start", start);
            }
            ArrayNode results = answer.putArray("results");
            for (JsonNode record : question.get("records")) {
                results.add(attempt(() -> ConnectDescription.describe(apply(transformation, record))));
            }
            return answer;
        }
    }

    @SuppressWarnings("unchecked")
    private static <R extends ConnectRecord<R>> ConnectRecord<?> apply(Transformation<R> transformation, JsonNode record) {
        return transformation.apply((R) ConnectDescription.record(record));
    }

    private static JsonNode tested(JsonNode question) throws Exception {
        try (var predicate = (Predicate<?>) instance(question)) {
            ObjectNode answer = problems(predicate.config(), question);
            JsonNode start = attempt(() -> {
                predicate.configure(config(question));
                return null;
            });
            if (start != null) {
                return answer.set("start", start);
            }
            ArrayNode results = answer.putArray("results");
            for (JsonNode record : question.get("records")) {
                results.add(attempt(() -> MAPPER.createObjectNode().put("test", test(predicate, record))));
            }
            return answer;
        }
    }

    @SuppressWarnings("unchecked")
    private static <R extends ConnectRecord<R>> boolean test(Predicate<R> predicate, JsonNode record) {
        return predicate.test((R) ConnectDescription.record(record));
    }

    /** What validation says about each key that something is wrong with. */
    private static ObjectNode problems(ConfigDef definition, JsonNode question) {
        ObjectNode answer = MAPPER.createObjectNode();
        ObjectNode problems = answer.putObject("problems");
        for (ConfigValue value : definition.validate(config(question))) {
            if (!value.errorMessages().isEmpty()) {
                ArrayNode messages = problems.putArray(value.name());
                value.errorMessages().forEach(messages::add);
            }
        }
        return answer;
    }

    private static Schema schemaOf(JsonNode question) {
        return ConnectDescription.schema(question.get("schema"));
    }

    /** A struct must have the schema itself: defaults that are bytes make two schemas of one description differ. */
    private static Object valueOf(JsonNode question, Schema schema) {
        return ConnectDescription.value(question.get("value"), schema);
    }

    private static byte[] headerBytes(JsonNode question, Schema schema) {
        return header().fromConnectHeader("t", "k", schema, valueOf(question, schema));
    }

    private static byte[] converterBytes(JsonNode question, Schema schema) throws Exception {
        return converter(question).fromConnectData("t", schema, valueOf(question, schema));
    }

    private static byte[] bytes(JsonNode question) {
        JsonNode bytes = question.get("bytes");
        return bytes == null || bytes.isNull() ? null : Base64.getDecoder().decode(bytes.asText());
    }

    private static JsonNode described(SchemaAndValue described) {
        ObjectNode node = MAPPER.createObjectNode();
        node.set("schema", described == null ? null : ConnectDescription.describe(described.schema()));
        node.set("value", described == null ? null : ConnectDescription.describe(described.value()));
        return node;
    }

    private static JsonNode written(byte[] bytes) {
        return MAPPER.createObjectNode().put("bytes", bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
    }
}
