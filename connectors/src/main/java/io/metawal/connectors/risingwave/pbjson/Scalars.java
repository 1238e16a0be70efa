package io.metawal.connectors.risingwave.pbjson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Locale;
import java.util.stream.Collectors;

/** Single values of proto3's canonical JSON. */
final class Scalars {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private Scalars() {}

    /** The value that the text, quoted or not, stands for. */
    static Object parse(FieldDescriptor field, String text) throws JsonMessageException {
        try {
            return switch (field.getType()) {
                case UINT64, FIXED64 -> Long.parseUnsignedLong(whole(text));
                case UINT32, FIXED32 -> Integer.parseUnsignedInt(whole(text));
                case INT64, SINT64, SFIXED64 -> Long.parseLong(whole(text));
                case INT32, SINT32, SFIXED32 -> Integer.parseInt(whole(text));
                case DOUBLE -> Double.parseDouble(text);
                case FLOAT -> Float.parseFloat(text);
                case STRING -> text;
                case BYTES -> bytes(text);
                case BOOL -> bool(field, text);
                case ENUM -> constant(field, text);
                case MESSAGE, GROUP -> throw new IllegalArgumentException("no single value");
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JsonMessageException(
                    field.getFullName(),
                    "a value of type " + field.getType().name().toLowerCase(Locale.ROOT),
                    text);
        }
    }

    private static String whole(String text) {
        return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0
                ? text
                : new BigDecimal(text).toBigIntegerExact().toString();
    }

    private static ByteString bytes(String text) {
        String standard = text.replace('-', '+').replace('_', '/');
        return ByteString.copyFrom(Base64.getDecoder().decode(standard));
    }

    private static Boolean bool(FieldDescriptor field, String text) throws JsonMessageException {
        if (!text.equals("true") && !text.equals("false")) {
            throw new JsonMessageException(field.getFullName(), "true or false", text);
        }
        return text.equals("true");
    }

    private static EnumValueDescriptor constant(FieldDescriptor field, String text) throws JsonMessageException {
        EnumValueDescriptor named = field.getEnumType().findValueByName(text);
        if (named != null) {
            return named;
        }
        try {
            return field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
        } catch (NumberFormatException unknown) {
            String known = field.getEnumType().getValues().stream()
                    .map(EnumValueDescriptor::getName)
                    .collect(Collectors.joining(", "));
            throw JsonMessageException.unknownConstant(field.getFullName(), known, text);
        }
    }

    static void write(FieldDescriptor field, Object value, JsonGenerator out) throws IOException {
        switch (field.getType()) {
            case UINT64, FIXED64 -> out.writeString(Long.toUnsignedString((Long) value));
            case INT64, SINT64, SFIXED64 -> out.writeString(value.toString());
            case UINT32, FIXED32 -> out.writeNumber(Integer.toUnsignedLong((Integer) value));
            case INT32, SINT32, SFIXED32 -> out.writeNumber((Integer) value);
            case DOUBLE -> out.writeNumber((Double) value);
            case FLOAT -> out.writeNumber((Float) value);
            case STRING -> out.writeString((String) value);
            case BYTES -> out.writeString(BASE64.encodeToString(((ByteString) value).toByteArray()));
            case BOOL -> out.writeBoolean((Boolean) value);
            case ENUM -> constant((EnumValueDescriptor) value, out);
            case MESSAGE, GROUP -> throw new IllegalArgumentException("no single value: " + field.getFullName());
        }
    }

    private static void constant(EnumValueDescriptor value, JsonGenerator out) throws IOException {
        if (value.getIndex() < 0) {
            out.writeNumber(value.getNumber());
        } else {
            out.writeString(value.getName());
        }
    }

    /** A map's key, which is a member's name. */
    static String key(FieldDescriptor field, Object key) {
        return switch (field.getType()) {
            case UINT64, FIXED64 -> Long.toUnsignedString((Long) key);
            case UINT32, FIXED32 -> Integer.toUnsignedString((Integer) key);
            default -> key.toString();
        };
    }
}
