package io.metawal.metadata.image;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.MismatchException;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The image as a sorted map: the plain twin of the durable one. A view copies the map. */
public final class MemoryImage implements Image {
    private final TreeMap<EntryKey, Entry> entries = new TreeMap<>();
    private final TreeMap<Long, Digest> digests = new TreeMap<>();
    private Provenance provenance = Provenance.START;

    @Override
    public Provenance provenance() {
        return provenance;
    }

    @Override
    public Digest apply(Commit commit) {
        checkNext(provenance, commit);
        Digest digest = provenance.digest();
        for (Change change : commit.changes()) {
            Entry put = change.op() == Op.PUT ? Entry.of(change) : null;
            Entry before = put == null ? entries.remove(change.entryKey()) : entries.put(change.entryKey(), put);
            if (before != null) {
                digest = digest.minus(Digest.of(before));
            }
            if (put != null) {
                digest = digest.plus(Digest.of(put));
            }
        }
        provenance = Provenance.of(commit.header(), digest);
        digests.put(commit.seq(), digest);
        return digest;
    }

    /** What every image asks of a commit before it applies it. */
    public static void checkNext(Provenance provenance, Commit commit) {
        if (commit.seq() != provenance.seq() + 1 || commit.header().timeline() != provenance.timeline()) {
            throw new MismatchException("the image stands at seq " + provenance.seq() + " of timeline "
                    + provenance.timeline() + ": expected seq " + (provenance.seq() + 1) + " next, found seq "
                    + commit.seq() + " of timeline " + commit.header().timeline());
        }
    }

    @Override
    public @Nullable Digest digestAt(long seq) {
        return digests.get(seq);
    }

    @Override
    public void forgetDigestsBefore(long seq) {
        digests.headMap(seq).clear();
    }

    @Override
    public ImageView view() {
        return new View(provenance, new TreeMap<>(entries));
    }

    @Override
    public void load(Provenance at, EntryIterator sorted) {
        TreeMap<EntryKey, Entry> loaded = new TreeMap<>();
        Digest digest = Digest.EMPTY;
        while (sorted.hasNext()) {
            Entry entry = sorted.next();
            loaded.put(entry.entryKey(), entry);
            digest = digest.plus(Digest.of(entry));
        }
        if (!digest.equals(at.digest())) {
            throw new MismatchException("the entries offered have digest " + digest + ", but the image at seq "
                    + at.seq() + " has " + at.digest() + ": nothing was loaded");
        }
        entries.clear();
        entries.putAll(loaded);
        digests.clear();
        provenance = at;
    }

    @Override
    public void close() {}

    private record View(Provenance provenance, NavigableMap<EntryKey, Entry> entriesByKey) implements ImageView {
        @Override
        public @Nullable Entry find(EntryKey key) {
            return entriesByKey.get(key);
        }

        @Override
        public EntryIterator entries() {
            return EntryIterator.of(entriesByKey.values());
        }

        @Override
        public EntryIterator entries(Space space) {
            EntryKey first = new EntryKey(space, ByteString.EMPTY);
            return new SpaceEntries(
                    EntryIterator.of(entriesByKey.tailMap(first, true).values()), space);
        }

        @Override
        public void close() {}
    }
}
