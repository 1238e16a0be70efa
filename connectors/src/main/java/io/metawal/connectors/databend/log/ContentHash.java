package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.EntryHash;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hash of a log entry's payload that does not change with the version that writes it: members in order of their names, without
 * those that are null, false, empty or known to come and go. 64 bits of XXH3.
 */
final class ContentHash {
    private static final Set<String> COME_AND_GO = Set.of("txid", "prev_value");

    /** What a fetch-increase was called in releases 1.2.764 to 1.2.827; it had no {@code max_value}. */
    private static final String FORMER_NAME = "FetchAddU64";

    private ContentHash() {}

    static long of(@Nullable Object payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(payload, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] written = bytes.toByteArray();
        return EntryHash.of(written, 0, written.length).high();
    }

    private static void write(@Nullable Object value, DataOutputStream out) throws IOException {
        if (value instanceof JsonTree.Node node) {
            out.writeByte('{');
            String[] names = node.members().keySet().toArray(new String[0]);
            Arrays.sort(names);
            for (String name : names) {
                Object member = node.members().get(name);
                if (counts(name, member)) {
                    text(name.equals(FORMER_NAME) ? "FetchIncreaseU64" : name, out);
                    write(member, out);
                }
            }
            out.writeByte('}');
        } else if (value instanceof List<?> list) {
            out.writeByte('[');
            for (Object element : list) {
                write(element, out);
            }
            out.writeByte(']');
        } else if (value instanceof ByteString data) {
            out.writeByte('b');
            out.writeInt(data.size());
            data.writeTo(out);
        } else {
            text(String.valueOf(value), out);
        }
    }

    private static boolean counts(String name, @Nullable Object value) {
        return value != null
                && !Boolean.FALSE.equals(value)
                && !List.of().equals(value)
                && !COME_AND_GO.contains(name)
                && !(name.equals("max_value") && Long.valueOf(0).equals(value));
    }

    private static void text(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        out.writeByte('"');
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
