package io.metawal.pitr.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.MonotonicForm;
import io.metawal.metadata.port.MonotonicForms;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The value of an id generator, a margin further. Known are decimal text, JSON objects (every whole number in them that is not the key
 * itself), and big-endian numbers of four or eight bytes; an empty value has nothing to raise.
 */
final class MonotonicMargin {
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,40}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private MonotonicMargin() {}

    static Entry plus(Entry entry, long margin) {
        ByteString value = entry.value();
        if (value.isEmpty()) {
            return entry;
        }
        MonotonicForm form = MonotonicForms.of(entry.entryKey()).orElse(null);
        if (form != null) {
            return form.plus(entry, margin);
        }
        String text = value.toStringUtf8();
        if (DECIMAL.matcher(text).matches()) {
            return with(entry, ByteString.copyFromUtf8(decimal(text, margin)));
        }
        ObjectNode object = object(text);
        if (object != null) {
            return with(entry, raised(entry, object, margin));
        }
        if (value.size() == Integer.BYTES || value.size() == Long.BYTES) {
            return with(entry, bytes(entry, margin));
        }
        throw unknown(entry);
    }

    private static Entry with(Entry entry, ByteString value) {
        return new Entry(entry.entryKey(), value, entry.meta());
    }

    /** As wide as it was. */
    private static String decimal(String text, long margin) {
        String sum = new BigInteger(text).add(BigInteger.valueOf(margin)).toString();
        return "0".repeat(Math.max(0, text.length() - sum.length())) + sum;
    }

    private static @org.jspecify.annotations.Nullable ObjectNode object(String text) {
        try {
            return JSON.readTree(text) instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static ByteString raised(Entry entry, ObjectNode object, long margin) {
        String key = entry.entryKey().key().toStringUtf8();
        boolean any = false;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode number = field.getValue();
            if (number.isIntegralNumber() && !number.asText().equals(key)) {
                field.setValue(object.numberNode(number.bigIntegerValue().add(BigInteger.valueOf(margin))));
                any = true;
            }
        }
        if (!any) {
            throw unknown(entry);
        }
        return ByteString.copyFromUtf8(object.toString());
    }

    private static ByteString bytes(Entry entry, long margin) {
        int size = entry.value().size();
        BigInteger sum = new BigInteger(1, entry.value().toByteArray()).add(BigInteger.valueOf(margin));
        if (sum.bitLength() > size * Byte.SIZE) {
            throw unknown(entry);
        }
        byte[] out = new byte[size];
        for (int i = 0; i < size; i++) {
            out[size - 1 - i] = sum.shiftRight(i * Byte.SIZE).byteValue();
        }
        return ByteString.copyFrom(out);
    }

    private static UnsupportedFormatException unknown(Entry entry) {
        return new UnsupportedFormatException("no margin can be added to the id generator "
                + entry.entryKey().space() + "/" + entry.entryKey().key().toStringUtf8()
                + ": expected decimal text, a JSON object with a whole number, or a number of 4 or 8 bytes, found "
                + entry.value().size() + " bytes of another form. Use --ids newest or --ids target");
    }
}
