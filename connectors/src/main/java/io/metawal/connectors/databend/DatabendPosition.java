package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.CorruptException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an import goes on: {@code <index>@<term>-<content>}, and for a base that is not complete {@code +base-after-<index>}.
 *
 * @param index of the last log entry that is in the log
 * @param content the hash of what that entry says; 0 where only its place is known
 * @param baseAfter of an incomplete base, taken at {@code index}: the entry that the log was complete at before, -1 for none; else null
 */
record DatabendPosition(
        long index, long term, long content, @Nullable Long baseAfter) {
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,19})@(\\d{1,19})-([0-9a-f]{16})(?:\\+base-after-(-1|\\d{1,19}))?");

    static DatabendPosition of(LogEntry entry) {
        return new DatabendPosition(entry.index(), entry.id().term(), entry.content(), null);
    }

    static DatabendPosition of(LogId id) {
        return new DatabendPosition(id.index(), id.term(), 0, null);
    }

    DatabendPosition inBase(long after) {
        return new DatabendPosition(index, term, content, after);
    }

    /** The last entry up to which the log is complete; -1 for none. */
    long complete() {
        return baseAfter == null ? index : baseAfter;
    }

    static DatabendPosition parse(ByteString bytes) {
        Matcher m = FORM.matcher(bytes.toStringUtf8());
        try {
            if (m.matches()) {
                return new DatabendPosition(
                        Long.parseLong(m.group(1)),
                        Long.parseLong(m.group(2)),
                        Long.parseUnsignedLong(m.group(3), 16),
                        m.group(4) == null ? null : Long.valueOf(m.group(4)));
            }
        } catch (NumberFormatException e) {
            throw wrong(bytes, e);
        }
        throw wrong(bytes, null);
    }

    private static CorruptException wrong(ByteString bytes, @Nullable Exception cause) {
        return new CorruptException(
                "the log's source position \"" + bytes.toStringUtf8()
                        + "\" is not one of a Databend import: expected <index>@<term>-<hash>. Was this log filled by another kind of"
                        + " source?",
                cause);
    }

    ByteString bytes() {
        return ByteString.copyFromUtf8(toString());
    }

    @Override
    public String toString() {
        return String.format(
                "%d@%d-%016x%s", index, term, content, baseAfter == null ? "" : "+base-after-" + baseAfter);
    }
}
