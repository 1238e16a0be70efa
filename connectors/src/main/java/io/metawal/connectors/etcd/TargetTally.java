package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;

/** What a restore wrote and what it left out, and the digest over (key, value) that the target must have in the end. */
final class TargetTally {
    private Digest digest = Digest.EMPTY;
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

    long skipped(LeasedKeys leasedKeys) {
        return outside.count + markers.count + (leasedKeys == LeasedKeys.LEFT_OUT ? leased.count : 0);
    }

    List<String> notes(LeasedKeys leasedKeys) {
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
