package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of a protobuf message one level deep, each with its bytes, so that one can be replaced and all others stay as they are. */
final class MessageFields {
    /** Every message of Databend's has it. */
    private static final int VER = 100;

    private final List<Field> fields;

    /** @param bytes with the tag */
    private record Field(int number, int wireType, ByteString bytes) {
        CodedInputStream value() throws IOException {
            CodedInputStream in = bytes.newCodedInput();
            in.readTag();
            return in;
        }
    }

    private MessageFields(List<Field> fields) {
        this.fields = fields;
    }

    /** Empty where the bytes are no message of Databend's. */
    static Optional<MessageFields> of(ByteString message) {
        List<Field> fields = new ArrayList<>();
        try {
            CodedInputStream in = message.newCodedInput();
            int start = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (!in.skipField(tag)) {
                    return Optional.empty();
                }
                int end = in.getTotalBytesRead();
                fields.add(new Field(
                        WireFormat.getTagFieldNumber(tag),
                        WireFormat.getTagWireType(tag),
                        message.substring(start, end)));
                start = end;
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean versioned = fields.stream().anyMatch(field -> field.number == VER);
        return versioned ? Optional.of(new MessageFields(fields)) : Optional.empty();
    }

    /** A whole number; 0, which is not written, where there is none. Of several the last counts. */
    long number(int number) {
        long found = 0;
        for (Field field : fields) {
            if (field.number == number && field.wireType == WireFormat.WIRETYPE_VARINT) {
                try {
                    found = field.value().readUInt64();
                } catch (IOException e) {
                    throw new IllegalStateException("a field that was read before", e);
                }
            }
        }
        return found;
    }

    /** Text; empty where there is none. */
    String text(int number) {
        String found = "";
        for (Field field : fields) {
            if (field.number == number && field.wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                try {
                    found = field.value().readBytes().toStringUtf8();
                } catch (IOException e) {
                    throw new IllegalStateException("a field that was read before", e);
                }
            }
        }
        return found;
    }

    /** The message with another number in a field; where it had none, before the first field of a greater number. */
    ByteString with(int number, long value) {
        ByteString out = ByteString.EMPTY;
        ByteString pending = value == 0 ? ByteString.EMPTY : field(number, value);
        for (Field field : fields) {
            if (field.number >= number) {
                out = out.concat(pending);
                pending = ByteString.EMPTY;
            }
            if (field.number != number) {
                out = out.concat(field.bytes);
            }
        }
        return out.concat(pending);
    }

    private static ByteString field(int number, long value) {
        ByteString.Output out = ByteString.newOutput();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            coded.writeUInt64(number, value);
            coded.flush();
        } catch (IOException e) {
            throw new IllegalStateException("into memory", e);
        }
        return out.toByteString();
    }
}
