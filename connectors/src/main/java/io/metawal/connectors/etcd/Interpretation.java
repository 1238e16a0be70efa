package io.metawal.connectors.etcd;

import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.ImageView;
import java.util.List;
import java.util.Map;

/**
 * What an etcd's keys mean: foreign formats are interpreted once, at capture. For the one thread that captures; {@link #comparable} and
 * {@link #revision} may be called by others.
 */
public interface Interpretation {
    /** Every key is an entry of the space {@code kv}, and the revision is the epoch. */
    Interpretation PLAIN = new Plain();

    /** The origin that commits bear. */
    String origin();

    /** The capture continues after a commit; this is the image at it. */
    void resume(ImageView image);

    /** A base is about to be read: whatever stands outside etcd and must not be newer than it is read now. */
    void beforeBase() throws InterruptedException;

    /**
     * What the image must hold, given all keys at a revision; sorted.
     *
     * @throws io.metawal.metadata.fault.UnreachableException where that is not known just now
     */
    EntrySource base(EntrySource keys, long revision) throws InterruptedException;

    /** Whether a key of the image is one that such a base contains. */
    boolean owns(EntryKey key);

    /** What a revision changes. */
    List<Change> take(List<Change> changes, long revision);

    /** Why what was before the revision that was taken last is not known, or is from there on; empty where nothing is missing. */
    default String gap() {
        return "";
    }

    /** As of {@link io.metawal.metadata.port.Source#gauges}. */
    default Map<String, Double> gauges() {
        return Map.of();
    }

    /** The epoch that holds once a revision, or a base at it, was taken. */
    long epoch(long revision);

    /** The revision that an epoch is; 0 where epochs are not revisions. */
    default long revisionOf(long epoch) {
        return 0;
    }

    /** Of what the image must hold, what is known of any revision that etcd remembers. */
    Told comparable(EntrySource keys, ImageView image) throws InterruptedException;

    /**
     * What an image is compared with.
     *
     * @param entries sorted
     * @param contradictions what else the image says that cannot be, a line each
     */
    record Told(EntrySource entries, List<String> contradictions) {
        public Told {
            contradictions = List.copyOf(contradictions);
        }
    }

    /** Whether keys can be compared without the others, in the order of etcd; else all of them are compared at once. */
    default boolean sliced() {
        return false;
    }

    /** Whether a key belongs to that part. */
    boolean comparable(EntryKey key);

    /** The revision that an image is at. */
    long revision(ImageView image);

    /** Keys as they are. */
    final class Plain implements Interpretation {
        private Plain() {}

        @Override
        public String origin() {
            return "etcd";
        }

        @Override
        public void resume(ImageView image) {}

        @Override
        public void beforeBase() {}

        @Override
        public EntrySource base(EntrySource keys, long revision) {
            return keys;
        }

        @Override
        public boolean owns(EntryKey key) {
            return key.space().equals(EntryMapping.KV);
        }

        @Override
        public List<Change> take(List<Change> changes, long revision) {
            return changes;
        }

        @Override
        public long epoch(long revision) {
            return revision;
        }

        @Override
        public long revisionOf(long epoch) {
            return epoch;
        }

        @Override
        public Told comparable(EntrySource keys, ImageView image) {
            return new Told(keys, List.of());
        }

        @Override
        public boolean sliced() {
            return true;
        }

        @Override
        public boolean comparable(EntryKey key) {
            return owns(key);
        }

        @Override
        public long revision(ImageView image) {
            return image.provenance().epoch();
        }
    }
}
