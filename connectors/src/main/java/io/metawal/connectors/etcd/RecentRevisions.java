package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The revisions captured last, by their hashes. A watch that is opened again starts at the oldest of them, and its answer must equal
 * what was captured. Bounded in number, and in the bytes that etcd sends again. For one thread.
 */
final class RecentRevisions {
    static final int REVISIONS_MAX = 256;
    private static final long BYTES_MAX = 4L << 20;

    private final ArrayDeque<Seen> seen = new ArrayDeque<>();
    private long bytes;
    private boolean all = true;

    /** One revision; two with the same hash changed the same keys in the same way. */
    record Seen(long revision, ByteString hash, long bytes) {}

    void add(Revision revision) {
        Seen added = hashed(revision);
        seen.add(added);
        bytes += added.bytes();
        while (seen.size() > 1 && (seen.size() > REVISIONS_MAX || bytes > BYTES_MAX)) {
            forgetOldest();
        }
    }

    /** The capture begins again, with a state that was read or compared. */
    void clear() {
        seen.clear();
        bytes = 0;
        all = true;
    }

    /** etcd no longer reports revisions before this one, and perhaps not all of the changes made at it. */
    void compacted(long revision) {
        while (!seen.isEmpty() && seen.peek().revision() <= revision) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        bytes -= seen.remove().bytes();
        all = false;
    }

    /** Oldest first. */
    List<Seen> list() {
        return List.copyOf(seen);
    }

    /** Whether they are all that was captured since {@link #clear}. */
    boolean all() {
        return all;
    }

    static Seen hashed(Revision revision) {
        MessageDigest digest = Sha256.start();
        long bytes = 0;
        for (Change change : revision.changes()) {
            digest.update((byte) change.op().name().charAt(0));
            bytes += update(digest, change.entryKey().key());
            bytes += update(digest, change.value());
            bytes += update(digest, change.meta());
        }
        return new Seen(revision.number(), ByteString.copyFrom(digest.digest()), bytes);
    }

    private static long update(MessageDigest digest, ByteString part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.size()).flip());
        digest.update(part.asReadOnlyByteBuffer());
        return (long) part.size() + Integer.BYTES;
    }
}
