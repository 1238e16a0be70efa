package io.metawal.pitr.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.MonotonicForms;
import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Which of two values of an id generator is further on. Known are decimal text, big-endian bytes of one length, and JSON objects (or
 * meta) that differ in numbers. Of others it cannot be told, and the one that was written later counts.
 */
final class MonotonicOrder {
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,40}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private MonotonicOrder() {}

    /** What is known after both of two entries of one key. */
    static Entry known(Entry earlier, Entry later) {
        return MonotonicForms.of(earlier.entryKey())
                .map(form -> form.known(earlier, later))
                .orElseGet(() -> further(earlier, later));
    }

    /** The entry of a point as far on as is known. */
    static Entry forward(Entry point, Entry known) {
        return MonotonicForms.of(point.entryKey())
                .map(form -> form.forward(point, known))
                .orElseGet(() -> further(point, known));
    }

    /** The further of two entries of one key. */
    static Entry further(Entry earlier, Entry later) {
        OptionalInt order = earlier.value().equals(later.value())
                ? objects(earlier.meta(), later.meta())
                : values(earlier.value(), later.value());
        return order.orElse(-1) > 0 ? earlier : later;
    }

    private static OptionalInt values(ByteString a, ByteString b) {
        String textA = a.toStringUtf8();
        String textB = b.toStringUtf8();
        if (DECIMAL.matcher(textA).matches() && DECIMAL.matcher(textB).matches()) {
            return OptionalInt.of(new BigInteger(textA).compareTo(new BigInteger(textB)));
        }
        OptionalInt objects = objects(a, b);
        if (objects.isEmpty() && a.size() == b.size()) {
            return OptionalInt.of(ByteString.unsignedLexicographicalComparator().compare(a, b));
        }
        return objects;
    }

    private static OptionalInt objects(ByteString a, ByteString b) {
        try {
            JsonNode one = JSON.readTree(a.toStringUtf8());
            JsonNode other = JSON.readTree(b.toStringUtf8());
            return one.isObject() && other.isObject() ? numbers(one, other) : OptionalInt.empty();
        } catch (JsonProcessingException e) {
            return OptionalInt.empty();
        }
    }

    /** By the numbers that differ, where they all say the same. */
    private static OptionalInt numbers(JsonNode one, JsonNode other) {
        int order = 0;
        for (Map.Entry<String, JsonNode> field : one.properties()) {
            JsonNode there = other.path(field.getKey());
            if (field.getValue().isIntegralNumber() && there.isIntegralNumber()) {
                int here = field.getValue().bigIntegerValue().compareTo(there.bigIntegerValue());
                if (here != 0 && order != 0 && here != order) {
                    return OptionalInt.empty();
                }
                order = here == 0 ? order : here;
            }
        }
        return order == 0 ? OptionalInt.empty() : OptionalInt.of(order);
    }
}
