package io.metawal.storage.repository;

import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectKey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A snapshot's name, {@code <timeline>-<seq>.<term>} in hex; its objects lie under {@code snapshots/<timeline>/<seq>.<term>/}. */
public record SnapshotId(int timeline, long seq, long term) {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{8})-([0-9a-f]{16})\\.([0-9a-f]{8})");
    private static final Pattern MANIFEST_FORM =
            Pattern.compile("snapshots/([0-9a-f]{8})/([0-9a-f]{16}\\.[0-9a-f]{8})/snapshot\\.json");

    public static SnapshotId parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new UsageException("\"" + text + "\" is not a snapshot's id: expected one of those that `info` lists,"
                    + " such as 00000001-000000000000002a.00000001");
        }
        return new SnapshotId(
                Integer.parseUnsignedInt(m.group(1), 16),
                Long.parseUnsignedLong(m.group(2), 16),
                Long.parseLong(m.group(3), 16));
    }

    /** The snapshot whose manifest this key is; null for any other key. */
    static @org.jspecify.annotations.Nullable SnapshotId ofManifest(ObjectKey key) {
        Matcher m = MANIFEST_FORM.matcher(key.value());
        return m.matches() ? parse(m.group(1) + "-" + m.group(2)) : null;
    }

    public String prefix() {
        return Keys.SNAPSHOTS + Keys.hex32(timeline) + "/" + Keys.hex64(seq) + "." + Keys.hex32(term) + "/";
    }

    public ObjectKey manifestKey() {
        return new ObjectKey(prefix() + "snapshot.json");
    }

    public ObjectKey chunkKey(int number) {
        return new ObjectKey(prefix() + "chunk-" + Keys.hex32(number));
    }

    @Override
    public String toString() {
        return Keys.hex32(timeline) + "-" + Keys.hex64(seq) + "." + Keys.hex32(term);
    }
}
