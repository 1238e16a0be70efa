package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a group is cut in two, from v2.1 on: an encoded full key of a table, vnode 0 and the greatest epoch, which comes before all other
 * keys of the table. Gives the new ids in the order of the cuts.
 */
final class SplitKey {
    private static final int TABLE_BYTES = 4;

    private final ByteString key;
    private final int table;
    private long nextId;

    SplitKey(ByteString key, long firstNewId) {
        if (key.size() < TABLE_BYTES) {
            throw new HummockFaultException("split key", "a full key", key.size() + " bytes");
        }
        this.key = key;
        this.table = key.asReadOnlyByteBuffer().getInt();
        this.nextId = firstNewId;
    }

    /** What lies before the key stays, what lies from it on goes; if cut, each with an id, a range and tables of its own and half the size. */
    Regrouping.Parts cut(SstableInfo sst) {
        KeyRange range = sst.getKeyRange();
        if (!range.getLeft().isEmpty() && Sst.compareKeys(key, range.getLeft()) <= 0) {
            return new Regrouping.Parts(null, sst);
        }
        int right = range.getRight().isEmpty() ? -1 : Sst.compareKeys(key, range.getRight());
        if (right > 0 || right == 0 && range.getRightExclusive()) {
            return new Regrouping.Parts(sst, null);
        }
        SstableInfo.Builder rightPart =
                part(sst, true).setKeyRange(range.toBuilder().setLeft(key));
        SstableInfo.Builder leftPart =
                part(sst, false).setKeyRange(range.toBuilder().setRight(key).setRightExclusive(true));
        if (leftPart.getTableIdsCount() == 0) {
            return new Regrouping.Parts(null, rightPart.build());
        }
        return new Regrouping.Parts(leftPart.build(), rightPart.getTableIdsCount() == 0 ? null : rightPart.build());
    }

    private SstableInfo.Builder part(SstableInfo sst, boolean right) {
        List<Integer> tables = new ArrayList<>(sst.getTableIdsList());
        tables.removeIf(each -> Integer.compareUnsigned(each, table) >= 0 != right);
        return sst.toBuilder()
                .setSstId(nextId++)
                .setSstSize(half(sst))
                .clearTableIds()
                .addAllTableIds(tables);
    }

    /** At least 1, since 0 would stand for the file's size. */
    static long half(SstableInfo sst) {
        return Math.max(1, Sst.size(sst) >>> 1);
    }
}
