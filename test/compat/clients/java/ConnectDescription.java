import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.common.record.TimestampType;

/** Schemas, values and records of Connect as JSON that loses nothing: see test/compat/connect-data/description.ts. */
final class ConnectDescription {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ConnectDescription() {
    }

    static Schema schema(JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        var type = Schema.Type.valueOf(node.get("type").asText().toUpperCase(Locale.ROOT));
        List<Field> fields = new ArrayList<>();
        for (JsonNode field : node.path("fields")) {
            fields.add(new Field(field.get("name").asText(), fields.size(), schema(field.get("schema"))));
        }
        Map<String, String> parameters = null;
        if (node.has("parameters")) {
            parameters = new LinkedHashMap<>();
            for (var entry : node.get("parameters").properties()) {
                parameters.put(entry.getKey(), entry.getValue().asText());
            }
        }
        boolean optional = node.path("optional").asBoolean();
        String name = text(node, "name");
        Integer version = node.has("version") ? node.get("version").asInt() : null;
        Schema keys = schema(node.get("keys"));
        Schema values = schema(node.get("values"));
        List<Field> own = type == Schema.Type.STRUCT ? fields : null;
        var bare = new ConnectSchema(type, optional, null, name, version, text(node, "doc"), parameters, own, keys, values);
        if (!node.has("default")) {
            return bare;
        }
        Object fallback = value(node.get("default"), bare);
        return new ConnectSchema(type, optional, fallback, name, version, text(node, "doc"), parameters, own, keys, values);
    }

    private static String text(JsonNode node, String key) {
        return node.has(key) ? node.get(key).asText() : null;
    }

    /** The schema counts only for structs, which carry theirs. */
    static Object value(JsonNode node, Schema schema) {
        if (node == null || node.isNull()) {
            return null;
        }
        var entry = node.properties().iterator().next();
        JsonNode of = entry.getValue();
        Schema values = schema == null || !isContainer(schema) ? null : schema.valueSchema();
        switch (entry.getKey()) {
            case "boolean":
                return of.asBoolean();
            case "int8":
                return Byte.valueOf(of.asText());
            case "int16":
                return Short.valueOf(of.asText());
            case "int32":
                return Integer.valueOf(of.asText());
            case "int64":
                return Long.valueOf(of.asText());
            case "float32":
                return Float.valueOf(of.asText());
            case "float64":
                return Double.valueOf(of.asText());
            case "string":
                return of.asText();
            case "bytes":
                return Base64.getDecoder().decode(of.asText());
            case "decimal":
                return new BigDecimal(new BigInteger(of.asText()), node.get("scale").asInt());
            case "date":
                return new Date(Long.parseLong(of.asText()));
            case "array":
                List<Object> list = new ArrayList<>();
                of.forEach(item -> list.add(value(item, values)));
                return list;
            case "map":
                Schema keys = schema == null || schema.type() != Schema.Type.MAP ? null : schema.keySchema();
                Map<Object, Object> map = new LinkedHashMap<>();
                of.forEach(pair -> map.put(value(pair.get(0), keys), value(pair.get(1), values)));
                return map;
            case "struct":
                var struct = new Struct(schema);
                for (JsonNode pair : of) {
                    Field field = schema.field(pair.get(0).asText());
                    Object part = value(pair.get(1), field.schema());
                    if (part != null) {
                        struct.put(field, part);
                    }
                }
                return struct;
            default:
                throw new IllegalStateException("no value is a " + entry.getKey());
        }
    }

    private static boolean isContainer(Schema schema) {
        return schema.type() == Schema.Type.ARRAY || schema.type() == Schema.Type.MAP;
    }

    static ConnectRecord<?> record(JsonNode node) {
        Schema keySchema = schema(node.get("keySchema"));
        Schema valueSchema = schema(node.get("valueSchema"));
        Object key = value(node.get("key"), keySchema);
        Object value = value(node.get("value"), valueSchema);
        String topic = node.get("topic").asText();
        Integer partition = node.has("partition") ? node.get("partition").asInt() : null;
        Long timestamp = node.has("timestamp") ? Long.valueOf(node.get("timestamp").asText()) : null;
        var headers = new ConnectHeaders();
        for (JsonNode header : node.path("headers")) {
            Schema schema = schema(header.get("schema"));
            headers.add(header.get("key").asText(), value(header.get("value"), schema), schema);
        }
        if (!node.has("offset")) {
            return new SourceRecord(Map.of(), Map.of(), topic, partition, keySchema, key, valueSchema, value, timestamp, headers);
        }
        long offset = Long.parseLong(node.get("offset").asText());
        var type = timestamp == null ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME;
        return new SinkRecord(topic, partition, keySchema, key, valueSchema, value, offset, timestamp, type, headers);
    }

    static JsonNode describe(Schema schema) {
        if (schema == null) {
            return NODES.nullNode();
        }
        ObjectNode node = NODES.objectNode().put("type", schema.type().getName());
        node.put("optional", schema.isOptional());
        if (schema.name() != null) {
            node.put("name", schema.name());
        }
        if (schema.version() != null) {
            node.put("version", schema.version());
        }
        if (schema.doc() != null) {
            node.put("doc", schema.doc());
        }
        if (schema.parameters() != null) {
            ObjectNode parameters = node.putObject("parameters");
            schema.parameters().forEach(parameters::put);
        }
        if (schema.defaultValue() != null) {
            node.set("default", describe(schema.defaultValue()));
        }
        if (schema.type() == Schema.Type.STRUCT) {
            ArrayNode fields = node.putArray("fields");
            for (Field field : schema.fields()) {
                fields.addObject().put("name", field.name()).set("schema", describe(field.schema()));
            }
        }
        if (schema.type() == Schema.Type.MAP && schema.keySchema() != null) {
            node.set("keys", describe(schema.keySchema()));
        }
        if (isContainer(schema) && schema.valueSchema() != null) {
            node.set("values", describe(schema.valueSchema()));
        }
        return node;
    }

    static JsonNode describe(Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        ObjectNode node = NODES.objectNode();
        if (value instanceof Boolean) {
            return node.put("boolean", (Boolean) value);
        } else if (value instanceof Byte) {
            return node.put("int8", value.toString());
        } else if (value instanceof Short) {
            return node.put("int16", value.toString());
        } else if (value instanceof Integer) {
            return node.put("int32", value.toString());
        } else if (value instanceof Long) {
            return node.put("int64", value.toString());
        } else if (value instanceof Float) {
            return node.put("float32", value.toString());
        } else if (value instanceof Double) {
            return node.put("float64", value.toString());
        } else if (value instanceof String) {
            return node.put("string", (String) value);
        } else if (value instanceof byte[]) {
            return node.put("bytes", Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof ByteBuffer) {
            return node.put("bytes", Base64.getEncoder().encodeToString(((ByteBuffer) value).array()));
        } else if (value instanceof BigDecimal) {
            var decimal = (BigDecimal) value;
            return node.put("decimal", decimal.unscaledValue().toString()).put("scale", decimal.scale());
        } else if (value instanceof Date) {
            return node.put("date", Long.toString(((Date) value).getTime()));
        } else if (value instanceof List) {
            ArrayNode items = node.putArray("array");
            ((List<?>) value).forEach(item -> items.add(describe(item)));
        } else if (value instanceof Map) {
            ArrayNode pairs = node.putArray("map");
            ((Map<?, ?>) value).forEach((key, item) -> pairs.addArray().add(describe(key)).add(describe(item)));
        } else if (value instanceof Struct) {
            var struct = (Struct) value;
            ArrayNode pairs = node.putArray("struct");
            for (Field field : struct.schema().fields()) {
                pairs.addArray().add(field.name()).add(describe(struct.getWithoutDefault(field.name())));
            }
        } else {
            return node.put("java", value.getClass().getName());
        }
        return node;
    }

    static JsonNode describe(ConnectRecord<?> record) {
        if (record == null) {
            return NODES.nullNode();
        }
        ObjectNode node = NODES.objectNode().put("topic", record.topic());
        if (record.kafkaPartition() != null) {
            node.put("partition", record.kafkaPartition());
        }
        if (record.timestamp() != null) {
            node.put("timestamp", record.timestamp().toString());
        }
        node.set("keySchema", describe(record.keySchema()));
        node.set("key", describe(record.key()));
        node.set("valueSchema", describe(record.valueSchema()));
        node.set("value", describe(record.value()));
        ArrayNode headers = node.putArray("headers");
        for (Header header : record.headers()) {
            ObjectNode each = headers.addObject().put("key", header.key());
            each.set("schema", describe(header.schema()));
            each.set("value", describe(header.value()));
        }
        if (record instanceof SinkRecord) {
            node.put("offset", Long.toString(((SinkRecord) record).kafkaOffset()));
        }
        return node;
    }
}
