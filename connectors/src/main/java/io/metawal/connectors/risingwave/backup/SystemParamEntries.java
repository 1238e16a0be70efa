package io.metawal.connectors.risingwave.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.proto.SystemParams;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Consumer;

/**
 * System parameters: one message in a snapshot of an etcd meta store, one row of text each in etcd, and in the log. Fields that are not
 * known here are kept in {@link RwSpaces#UNKNOWN_PARAMETERS}.
 */
public final class SystemParamEntries {
    private SystemParamEntries() {}

    static void split(ByteString message, Consumer<Entry> sink) {
        SystemParams params;
        try {
            params = SystemParams.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.CONTENT, "the system parameters are no message: " + e.getMessage(), e);
        }
        for (Map.Entry<FieldDescriptor, Object> field : params.getAllFields().entrySet()) {
            EntryKey key = new EntryKey(
                    RwModel.SYSTEM_PARAMETER.space(),
                    ByteString.copyFromUtf8(field.getKey().getName()));
            sink.accept(
                    new Entry(key, ByteString.copyFromUtf8(text(field.getKey(), field.getValue())), ByteString.EMPTY));
        }
        ByteString unknown = params.getUnknownFields().toByteString();
        if (!unknown.isEmpty()) {
            sink.accept(new Entry(RwSpaces.UNKNOWN_PARAMETERS, unknown, ByteString.EMPTY));
        }
    }

    private static String text(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case UINT32 -> Integer.toUnsignedString((Integer) value);
            case UINT64 -> Long.toUnsignedString((Long) value);
            case DOUBLE -> plain((Double) value);
            default -> value.toString();
        };
    }

    /** As Rust writes it: never with an exponent, a whole number without a point. */
    private static String plain(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.toString(value);
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value));
        return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }

    /** Whether a parameter of this name has a place in the message. */
    public static boolean known(ByteString name) {
        return SystemParams.getDescriptor().findFieldByName(name.toStringUtf8()) != null;
    }

    /** The message of these parameters, by name, and of fields that are not known. */
    public static ByteString join(Map<ByteString, ByteString> values, ByteString unknown) {
        SystemParams.Builder params = SystemParams.newBuilder();
        for (Map.Entry<ByteString, ByteString> each : values.entrySet()) {
            String name = each.getKey().toStringUtf8();
            FieldDescriptor field = SystemParams.getDescriptor().findFieldByName(name);
            String text = each.getValue().toStringUtf8();
            try {
                params.setField(field, value(field, text));
            } catch (IllegalArgumentException e) {
                throw new UsageException(
                        "system parameter " + name + " must be a " + field.getType() + ", found \"" + text + "\"", e);
            }
        }
        try {
            params.setUnknownFields(UnknownFieldSet.parseFrom(unknown));
        } catch (InvalidProtocolBufferException e) {
            throw new UsageException(RwSpaces.UNKNOWN_PARAMETERS.space() + " does not hold fields of protobuf", e);
        }
        return params.build().toByteString();
    }

    private static Object value(FieldDescriptor field, String text) {
        return switch (field.getType()) {
            case UINT32 -> Integer.parseUnsignedInt(text);
            case UINT64 -> Long.parseUnsignedLong(text);
            case DOUBLE -> Double.parseDouble(text);
            case BOOL -> bool(text);
            default -> text;
        };
    }

    private static Boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
        return text.equals("true");
    }
}
