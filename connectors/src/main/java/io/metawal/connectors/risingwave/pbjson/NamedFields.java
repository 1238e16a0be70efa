package io.metawal.connectors.risingwave.pbjson;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.Map;

/** Takes a message down to what JSON can hold of it: fields that have a name here, and the members that {@link JsonMessages} kept. */
public final class NamedFields {
    private NamedFields() {}

    public static Message of(Message message) {
        Message.Builder named = message.toBuilder();
        UnknownFieldSet unknown = message.getUnknownFields();
        if (!unknown.asMap().isEmpty()) {
            UnknownFieldSet.Builder kept = UnknownFieldSet.newBuilder();
            if (unknown.hasField(PrivateField.NUMBER)) {
                kept.addField(PrivateField.NUMBER, unknown.getField(PrivateField.NUMBER));
            }
            named.setUnknownFields(kept.build());
        }
        for (Map.Entry<FieldDescriptor, Object> member : message.getAllFields().entrySet()) {
            FieldDescriptor field = member.getKey();
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.isRepeated()) {
                for (int n = 0; n < message.getRepeatedFieldCount(field); n++) {
                    named.setRepeatedField(field, n, of((Message) message.getRepeatedField(field, n)));
                }
            } else {
                named.setField(field, of((Message) member.getValue()));
            }
        }
        return named.build();
    }
}
