package io.metawal.connectors.databend.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * A protobuf message without its description, as far as its bytes tell: fields by number; text where they are printable, else a
 * message where they are one, else how many bytes. Tags 100 and 101, which every message of Databend's has, are {@code ver} and {@code
 * min_reader_ver}.
 */
final class ProtobufFields {
    private static final int VER = 100;
    private static final int MIN_READER_VER = 101;
    private static final int DEPTH_MAX = 12;
    private static final int FIELDS_MAX = 10_000;

    private final Set<Integer> shown;
    private int fields;

    private ProtobufFields(Set<Integer> shown) {
        this.shown = shown;
    }

    /**
     * @param shown numbers of the fields that may be shown; all where empty, none but the versions where it has a 0 alone
     * @return empty where the bytes are no such message
     */
    static Optional<JsonNode> of(ByteString message, Set<Integer> shown) {
        try {
            ObjectNode node = new ProtobufFields(shown).read(message, 0);
            return node.has("ver") ? Optional.of(node) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ObjectNode read(ByteString message, int depth) throws IOException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        CodedInputStream in = message.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (++fields > FIELDS_MAX) {
                throw new IOException("more than " + FIELDS_MAX + " fields");
            }
            int number = WireFormat.getTagFieldNumber(tag);
            if (depth == 0 && number < VER && !shown.isEmpty() && !shown.contains(number)) {
                if (!in.skipField(tag)) {
                    throw new IOException("an end of a group");
                }
                node.put(Integer.toString(number), "(not shown)");
            } else {
                add(node, number, value(in, tag, depth));
            }
        }
        return node;
    }

    private static void add(ObjectNode node, int number, JsonNode value) {
        String name = number == VER ? "ver" : number == MIN_READER_VER ? "min_reader_ver" : Integer.toString(number);
        JsonNode there = node.get(name);
        if (there instanceof ArrayNode list) {
            list.add(value);
        } else if (there != null) {
            node.putArray(name).add(there).add(value);
        } else {
            node.set(name, value);
        }
    }

    private JsonNode value(CodedInputStream in, int tag, int depth) throws IOException {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT ->
                json.numberNode(new java.math.BigInteger(Long.toUnsignedString(in.readUInt64())));
            case WireFormat.WIRETYPE_FIXED32 -> json.numberNode(in.readFixed32());
            case WireFormat.WIRETYPE_FIXED64 -> json.numberNode(in.readFixed64());
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> bytes(in.readBytes(), depth);
            default -> throw new IOException("a group");
        };
    }

    private JsonNode bytes(ByteString bytes, int depth) {
        if (printable(bytes)) {
            return JsonNodeFactory.instance.textNode(bytes.toStringUtf8());
        }
        if (depth < DEPTH_MAX) {
            try {
                return read(bytes, depth + 1);
            } catch (IOException e) {
                // Not a message: shown by its size.
                return size(bytes);
            }
        }
        return size(bytes);
    }

    private static JsonNode size(ByteString bytes) {
        return JsonNodeFactory.instance.textNode("(" + bytes.size() + " bytes)");
    }

    private static boolean printable(ByteString bytes) {
        return bytes.isValidUtf8()
                && bytes.toStringUtf8().chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\t' || c == 0x7f);
    }
}
