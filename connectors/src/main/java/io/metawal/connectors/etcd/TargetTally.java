package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestoreReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a restore wrote and what it left out, and the digest over (key, value) that the target must have in the end. */
final class TargetTally {
    private Digest digest = Digest.EMPTY;
    private @Nullable Entry largest;
    private long bytes;
    private final Noted leased = new Noted();
    private final Noted outside = new Noted();
    private final Noted markers = new Noted();

    private static final class Noted {
        private long count;
        private String example = "";

        void add(Entry entry) {
            if (count++ == 0) {
                example = KeyText.of(entry.entryKey().key());
            }
        }

        void note(List<String> notes, String what) {
            if (count > 0) {
                notes.add(count + (count == 1 ? " key " : " keys ") + what + ", such as " + example);
            }
        }
    }

    /** Meta is left aside: the target gives its own revisions. */
    static Digest digestOf(Entry entry) {
        return Digest.of(new Entry(entry.entryKey(), entry.value(), ByteString.EMPTY));
    }

    void wrote(Entry entry) {
        digest = digest.plus(digestOf(entry));
        bytes += bytes(entry);
        if (largest == null || bytes(entry) > bytes(largest)) {
            largest = entry;
        }
    }

    void leased(Entry entry) {
        leased.add(entry);
    }

    void outsidePrefix(Entry entry) {
        outside.add(entry);
    }

    void marker(Entry entry) {
        markers.add(entry);
    }

    Digest digest() {
        return digest;
    }

    private static long bytes(Entry entry) {
        return (long) entry.entryKey().key().size() + entry.value().size();
    }

    /** The entry with the most bytes; null where there is none. */
    @Nullable
    Entry largest() {
        return largest;
    }

    /** Of all entries written, keys and values. */
    long bytes() {
        return bytes;
    }

    RestoreReport report(LeasedKeys leasedKeys) {
        return new RestoreReport(digest.count(), skipped(leasedKeys), notes(leasedKeys));
    }

    private long skipped(LeasedKeys leasedKeys) {
        return outside.count + markers.count + (leasedKeys == LeasedKeys.LEFT_OUT ? leased.count : 0);
    }

    private List<String> notes(LeasedKeys leasedKeys) {
        List<String> notes = new ArrayList<>();
        leased.note(
                notes,
                leasedKeys == LeasedKeys.LEFT_OUT
                        ? "left out because they had a lease"
                        : "had a lease and came back without it");
        outside.note(notes, "left out because they are outside the prefix");
        markers.note(notes, "left out because they mark an unfinished restore");
        return notes;
    }
}
