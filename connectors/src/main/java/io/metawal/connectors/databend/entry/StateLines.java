package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The state machine's entries as lines of an export, without the newline. */
public final class StateLines {
    private final String tree;
    private final byte[] kvStart;

    /** @param tree such as {@code state_machine/0} */
    public StateLines(String tree) {
        this.tree = tree;
        this.kvStart = line("GenericKV").append("{\"key\":").toString().getBytes(StandardCharsets.UTF_8);
    }

    private StringBuilder line(String variant) {
        return JsonText.quote(new StringBuilder(128).append('['), tree)
                .append(",{\"")
                .append(variant)
                .append("\":");
    }

    /** The line of a record. */
    public byte[] kv(ByteString key, KvRecord record) {
        if (record.line() != null) {
            return record.line().getBytes(StandardCharsets.UTF_8);
        }
        StringBuilder middle = JsonText.quote(new StringBuilder(key.size() + 80), key.toStringUtf8())
                .append(",\"value\":{\"seq\":")
                .append(record.seq())
                .append(",\"meta\":")
                .append(record.meta().text())
                .append(",\"data\":");
        byte[] text = middle.toString().getBytes(StandardCharsets.UTF_8);
        byte[] data = JsonText.array(record.data());
        byte[] out = new byte[kvStart.length + text.length + data.length + 4];
        System.arraycopy(kvStart, 0, out, 0, kvStart.length);
        System.arraycopy(text, 0, out, kvStart.length, text.length);
        System.arraycopy(data, 0, out, kvStart.length + text.length, data.length);
        out[out.length - 4] = '}';
        out[out.length - 3] = '}';
        out[out.length - 2] = '}';
        out[out.length - 1] = ']';
        return out;
    }

    /** The Expire line that follows from a record that expires. */
    public String expire(ByteString key, long timeMs, long seq, ExportForm.Expire form) {
        StringBuilder out = line("Expire")
                .append("{\"key\":{\"time_ms\":")
                .append(Long.toUnsignedString(timeMs))
                .append(",\"seq\":")
                .append(seq)
                .append("},\"value\":{");
        if (form == ExportForm.Expire.ONE || form == ExportForm.Expire.SAME) {
            out.append("\"seq\":")
                    .append(form == ExportForm.Expire.ONE ? 1 : seq)
                    .append(',');
        }
        return JsonText.quote(out.append("\"key\":"), key.toStringUtf8())
                .append("}}}]")
                .toString();
    }

    public String sequences(String key, String value) {
        return JsonText.quote(line("Sequences").append("{\"key\":"), key)
                .append(",\"value\":")
                .append(value)
                .append("}}]")
                .toString();
    }

    /** @param value JSON */
    public String meta(String key, String value) {
        return JsonText.quote(line("StateMachineMeta").append("{\"key\":"), key)
                .append(",\"value\":")
                .append(value)
                .append("}}]")
                .toString();
    }

    /** @param node JSON */
    public String node(String id, String node) {
        return line("Nodes")
                .append("{\"key\":")
                .append(id)
                .append(",\"value\":")
                .append(node)
                .append("}}]")
                .toString();
    }

    /** Where what is not derived from a record stands: sorted as Expire lines are. */
    public static EntryKey expireKey(long timeMs, long seq, ByteString key) {
        ByteString at = ByteString.copyFromUtf8(String.format(
                Locale.ROOT, "%020d/%020d/", new java.math.BigInteger(Long.toUnsignedString(timeMs)), seq));
        return new EntryKey(DatabendSpaces.EXPIRE, at.concat(key));
    }

    /** The line of an entry that is neither a record nor about the export's form; a line of an unknown kind is its value. */
    public String of(Entry entry) {
        Space space = entry.entryKey().space();
        String key = entry.entryKey().key().toStringUtf8();
        String value = entry.value().toStringUtf8();
        if (space.equals(DatabendSpaces.SEQUENCES)) {
            return sequences(key, value);
        }
        if (space.equals(DatabendSpaces.NODE)) {
            return node(key, value);
        }
        return space.equals(DatabendSpaces.UNKNOWN_LINE) ? value : meta(key, value);
    }
}
