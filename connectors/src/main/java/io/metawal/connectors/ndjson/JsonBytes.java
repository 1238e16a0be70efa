package io.metawal.connectors.ndjson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UsageException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Bytes in JSON: as a string where they are printable UTF-8, else as base64 under the field's name with {@code 64} behind it. */
public final class JsonBytes {
    private JsonBytes() {}

    /** Puts the bytes under {@code field} or {@code field64}. */
    public static void put(ObjectNode object, String field, ByteString bytes) {
        if (printable(bytes)) {
            object.put(field, bytes.toStringUtf8());
        } else {
            object.put(field + "64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }

    /** For people: the text, or {@code base64:…}. */
    public static String show(ByteString bytes) {
        return printable(bytes)
                ? bytes.toStringUtf8()
                : "base64:" + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** The bytes under either name; null where neither is there. */
    public static @Nullable ByteString find(JsonNode object, String field) {
        JsonNode text = object.get(field);
        JsonNode base64 = object.get(field + "64");
        if (text != null && base64 != null) {
            throw new UsageException("both \"" + field + "\" and \"" + field + "64\" are given: expected one");
        }
        if (text != null) {
            if (!text.isTextual()) {
                throw new UsageException("\"" + field + "\" must be a string, found " + text.getNodeType());
            }
            return ByteString.copyFromUtf8(text.textValue());
        }
        if (base64 == null) {
            return null;
        }
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(base64.asText()));
        } catch (IllegalArgumentException e) {
            throw new UsageException("\"" + field + "64\" is not base64: " + e.getMessage(), e);
        }
    }

    static boolean printable(ByteString bytes) {
        if (!bytes.isValidUtf8()) {
            return false;
        }
        for (int n = 0; n < bytes.size(); n++) {
            byte b = bytes.byteAt(n);
            boolean control = b >= 0 && b < ' ' && b != '\n' && b != '\t' && b != '\r' || b == 0x7f;
            if (control) {
                return false;
            }
        }
        return true;
    }
}
