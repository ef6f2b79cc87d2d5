import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints facts for the runner: one JSON object on a line of stdout. */
final class Facts {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Facts() {
    }

    /** Prints {"event": event, name: value, ...}. */
    static synchronized void print(String event, Object... namesAndValues) {
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("event", event);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fact.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        try {
            System.out.println(MAPPER.writeValueAsString(fact));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
