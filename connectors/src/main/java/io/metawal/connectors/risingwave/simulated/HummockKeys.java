package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;

/**
 * Hummock's full keys: table id (4 bytes, big-endian), vnode (2, big-endian), primary key, epoch (8, big-endian). Ordered by
 * the bytes before the epoch, then by epoch, the newest first.
 */
final class HummockKeys {
    private static final int EPOCH_BYTES = 8;
    private static final Comparator<ByteString> BYTES = ByteString.unsignedLexicographicalComparator();

    /** The order of SSTs in a level where they do not overlap. */
    static final Comparator<SstableInfo> BY_RANGE = Comparator.comparing(
                    (SstableInfo sst) -> sst.getKeyRange().getLeft(), HummockKeys::compare)
            .thenComparing(sst -> sst.getKeyRange().getRight(), HummockKeys::compare);

    private HummockKeys() {}

    static ByteString fullKey(int table, int vnode, ByteString primaryKey, long epoch) {
        ByteBuffer key = ByteBuffer.allocate(6 + primaryKey.size() + EPOCH_BYTES);
        key.putInt(table).putShort((short) vnode);
        primaryKey.copyTo(key);
        key.putLong(epoch).flip();
        return ByteString.copyFrom(key);
    }

    /** Where a group is split: before everything of a table. */
    static ByteString splitKey(int table) {
        return fullKey(table, 0, ByteString.EMPTY, -1L);
    }

    static int tableOf(ByteString fullKey) {
        return fullKey.asReadOnlyByteBuffer().getInt();
    }

    static ByteString userKey(ByteString fullKey) {
        return fullKey.substring(0, Math.max(0, fullKey.size() - EPOCH_BYTES));
    }

    static int compare(ByteString one, ByteString other) {
        int byUserKey = compareUserKeys(one, other);
        return byUserKey != 0 ? byUserKey : Long.compareUnsigned(epochOf(other), epochOf(one));
    }

    static int compareUserKeys(ByteString one, ByteString other) {
        return BYTES.compare(userKey(one), userKey(other));
    }

    private static long epochOf(ByteString fullKey) {
        ByteBuffer bytes = fullKey.asReadOnlyByteBuffer();
        return fullKey.size() < EPOCH_BYTES ? 0 : bytes.getLong(fullKey.size() - EPOCH_BYTES);
    }

    /** Whether these SSTs, in this order, do not overlap. */
    static boolean canConcat(List<SstableInfo> ssts) {
        for (int i = 1; i < ssts.size(); i++) {
            KeyRange before = ssts.get(i - 1).getKeyRange();
            int order =
                    compareUserKeys(before.getRight(), ssts.get(i).getKeyRange().getLeft());
            if (order > 0 || (order == 0 && !before.getRightExclusive())) {
                return false;
            }
        }
        return true;
    }

    static boolean overlap(SstableInfo one, SstableInfo other) {
        return compareUserKeys(one.getKeyRange().getLeft(), other.getKeyRange().getRight()) <= 0
                && compareUserKeys(
                                other.getKeyRange().getLeft(), one.getKeyRange().getRight())
                        <= 0;
    }
}
