package io.metawal.connectors.risingwave.pbjson;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * JSON members that are unknown here, kept inside the message they were members of: as a JSON object, in a field of a number that
 * RisingWave does not use, and that protobuf's readers pass over.
 */
final class PrivateField {
    /** Near the greatest that there can be: 2^29 - 1. */
    static final int NUMBER = 536_870_900;

    private PrivateField() {}

    static void keep(Message.Builder builder, ByteString json) {
        UnknownFieldSet.Field field =
                UnknownFieldSet.Field.newBuilder().addLengthDelimited(json).build();
        builder.setUnknownFields(UnknownFieldSet.newBuilder(builder.getUnknownFields())
                .addField(NUMBER, field)
                .build());
    }

    /** The JSON objects that are kept in a message; one, or none. */
    static List<ByteString> of(Message message) {
        UnknownFieldSet unknown = message.getUnknownFields();
        return unknown.hasField(NUMBER) ? unknown.getField(NUMBER).getLengthDelimitedList() : List.of();
    }
}
