package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;

/** A protobuf message by its field numbers, as proto3 writes it: nothing for zero and empty. */
final class RawMessage {
    private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

    RawMessage number(int field, long value) {
        if (value != 0) {
            fields.mergeField(field, Field.newBuilder().addVarint(value).build());
        }
        return this;
    }

    RawMessage text(int field, String value) {
        return bytes(field, ByteString.copyFromUtf8(value));
    }

    RawMessage bytes(int field, ByteString value) {
        return value.isEmpty() ? this : add(field, value);
    }

    RawMessage message(int field, RawMessage value) {
        return add(field, value.encoded());
    }

    private RawMessage add(int field, ByteString value) {
        fields.mergeField(field, Field.newBuilder().addLengthDelimited(value).build());
        return this;
    }

    ByteString encoded() {
        return fields.build().toByteString();
    }
}
