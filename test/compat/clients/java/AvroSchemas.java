import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * Apache Avro as an oracle: reads lines {"reader", "writer", "strict"} with two schema texts and prints for each its
 * "readerText" and "writerText" (or "readerError", "writerError"), and when both parse, either the "incompatibilities"
 * or, when the check itself fails, its "failure".
 */
public final class AvroSchemas {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private AvroSchemas() {
    }

    public static void main(String[] args) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            var question = MAPPER.readTree(line);
            ObjectNode answer = MAPPER.createObjectNode();
            boolean strict = question.get("strict").asBoolean();
            Schema reader = parse(answer, "reader", question.get("reader").asText(), strict);
            Schema writer = parse(answer, "writer", question.get("writer").asText(), strict);
            if (reader != null && writer != null) {
                compare(answer, reader, writer);
            }
            out.println(MAPPER.writeValueAsString(answer));
        }
        out.flush();
    }

    private static Schema parse(ObjectNode answer, String side, String text, boolean strict) {
        try {
            var validator = strict ? NameValidator.STRICT_VALIDATOR : NameValidator.NO_VALIDATION;
            var parser = new Schema.Parser(validator);
            parser.setValidateDefaults(strict);
            Schema schema = parser.parse(text);
            answer.put(side + "Text", schema.toString());
            return schema;
        } catch (RuntimeException | StackOverflowError e) {
            answer.put(side + "Error", e.toString());
            return null;
        }
    }

    private static void compare(ObjectNode answer, Schema reader, Schema writer) {
        try {
            var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
            ArrayNode list = answer.putArray("incompatibilities");
            for (var each : result.getIncompatibilities()) {
                list.addObject()
                    .put("type", each.getType().name())
                    .put("path", each.getLocation())
                    .put("info", each.getMessage());
            }
        } catch (RuntimeException | StackOverflowError e) {
            answer.put("failure", String.valueOf(e.getMessage()));
        }
    }
}
