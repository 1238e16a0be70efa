package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of two versions of the same id, entry by entry, that tolerates what {@link Fingerprint} leaves apart: sizes of levels, the form
 * of filters, and watermarks of tables that are no more. Takes the memory of one version's entries.
 *
 * @param count entries that differ
 * @param first the first of them by key, and how it differs; never a value
 */
public record VersionDifference(long count, String first) {
    private static final String WATERMARK = "hummock.watermark";

    /** Empty where only what is tolerated differs. */
    public static Optional<VersionDifference> between(KeyedVersion ours, HummockVersion theirs) {
        TreeMap<EntryKey, Entry> left = new TreeMap<>();
        VersionEntries.split(theirs, entry -> left.put(entry.entryKey(), entry));
        Set<String> live = new HashSet<>();
        theirs.getStateTableInfoMap().keySet().forEach(table -> live.add(HummockKeys.u32(table)));
        Found found = new Found();
        for (Iterator<Entry> entries = ours.entries(); entries.hasNext(); ) {
            Entry our = entries.next();
            Entry their = left.remove(our.entryKey());
            if (their == null) {
                found.add(our.entryKey(), "is not in RisingWave's", live);
            } else if (differ(our, their)) {
                found.add(our.entryKey(), "has another value in RisingWave's", live);
            }
        }
        for (Map.Entry<EntryKey, Entry> each : left.entrySet()) {
            found.add(each.getKey(), "is in RisingWave's alone", live);
        }
        return found.count == 0
                ? Optional.empty()
                : Optional.of(new VersionDifference(found.count, found.where + " " + found.how));
    }

    private static boolean differ(Entry our, Entry their) {
        Fingerprint ourPrint = Fingerprint.of(our);
        Fingerprint theirPrint = Fingerprint.of(their);
        return !ourPrint.body().equals(theirPrint.body())
                || !ourPrint.watermarks().equals(theirPrint.watermarks());
    }

    private static final class Found {
        private long count;
        private @Nullable EntryKey key;
        private String where = "";
        private String how = "";

        void add(EntryKey at, String what, Set<String> live) {
            if (at.space().name().equals(WATERMARK) && !live.contains(at.key().toStringUtf8())) {
                return;
            }
            count++;
            EntryKey before = key;
            if (before == null || at.compareTo(before) < 0) {
                key = at;
                where = at.space() + " " + at.key().toStringUtf8();
                how = what;
            }
        }
    }
}
