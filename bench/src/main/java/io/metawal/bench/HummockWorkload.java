package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.CompactionConfig;
import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.NewL0SubLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A keyed version with as many SSTs in its lowest level as are asked for, and deltas for it: commits of ten SSTs in turn with compactions that
 * take those and ten of the lowest level, somewhere in it, and make ten new ones of them.
 */
final class HummockWorkload {
    private static final int LEVELS = 6;
    private static final int A_DELTA = 10;
    private static final int FILL = 1000;
    private static final int TABLE = 1001;
    private static final long GROUP = 2;
    private static final long FIRST_EPOCH = 5424073932800000L;

    private final KeyedVersion version;
    private final long[] lowest;
    private final Bytes bytes = new Bytes(11);
    private long nextSst = 1;
    private long nextDelta = 1;
    private long epoch = FIRST_EPOCH;

    HummockWorkload(int ssts) {
        version = KeyedVersion.of(HummockVersion.newBuilder().setId(nextDelta).build());
        lowest = new long[ssts];
        version.apply(delta(GroupDelta.newBuilder()
                .setGroupConstruct(GroupConstruct.newBuilder()
                        .setGroupConfig(CompactionConfig.newBuilder().setMaxLevel(LEVELS))
                        .setGroupId(GROUP))));
        for (int slot = 0; slot < ssts; slot += FILL) {
            IntraLevelDelta.Builder filled = IntraLevelDelta.newBuilder().setLevelIdx(LEVELS);
            for (int n = slot; n < Math.min(ssts, slot + FILL); n++) {
                filled.addInsertedTableInfos(inSlot(n));
            }
            version.apply(delta(GroupDelta.newBuilder().setIntraLevel(filled)));
        }
    }

    KeyedVersion version() {
        return version;
    }

    List<HummockVersionDelta> next(int deltas) {
        List<HummockVersionDelta> next = new ArrayList<>();
        for (int n = 0; n < deltas; n += 2) {
            NewL0SubLevel.Builder committed = NewL0SubLevel.newBuilder();
            IntraLevelDelta.Builder taken = IntraLevelDelta.newBuilder();
            for (int m = 0; m < A_DELTA; m++) {
                taken.addRemovedTableIds(nextSst);
                committed.addInsertedTableInfos(sst(bytes.below(lowest.length)));
            }
            epoch += 1L << 16;
            next.add(delta(GroupDelta.newBuilder().setNewL0SubLevel(committed)).toBuilder()
                    .putStateTableInfoDelta(
                            TABLE,
                            StateTableInfoDelta.newBuilder()
                                    .setCommittedEpoch(epoch)
                                    .setCompactionGroupId(GROUP)
                                    .build())
                    .build());
            next.add(delta(GroupDelta.newBuilder().setIntraLevel(taken), rewritten()));
        }
        return next;
    }

    private GroupDelta.Builder rewritten() {
        IntraLevelDelta.Builder delta = IntraLevelDelta.newBuilder().setLevelIdx(LEVELS);
        int first = bytes.below(lowest.length - A_DELTA);
        for (int slot = first; slot < first + A_DELTA; slot++) {
            delta.addRemovedTableIds(lowest[slot]);
            delta.addInsertedTableInfos(inSlot(slot));
        }
        return GroupDelta.newBuilder().setIntraLevel(delta);
    }

    private HummockVersionDelta delta(GroupDelta.Builder... deltas) {
        HummockVersionDelta.GroupDeltas.Builder group = HummockVersionDelta.GroupDeltas.newBuilder();
        for (GroupDelta.Builder each : deltas) {
            group.addGroupDeltas(each);
        }
        return HummockVersionDelta.newBuilder()
                .setPrevId(nextDelta)
                .setId(++nextDelta)
                .putGroupDeltas(GROUP, group.build())
                .build();
    }

    private SstableInfo inSlot(int slot) {
        SstableInfo sst = sst(slot);
        lowest[slot] = sst.getSstId();
        return sst;
    }

    private SstableInfo sst(int slot) {
        long id = nextSst++;
        return SstableInfo.newBuilder()
                .setObjectId(id)
                .setSstId(id)
                .setKeyRange(KeyRange.newBuilder().setLeft(key(2L * slot)).setRight(key(2L * slot + 1)))
                .setFileSize(64 << 20)
                .setSstSize(64 << 20)
                .addTableIds(TABLE)
                .setMetaOffset(63 << 20)
                .setTotalKeyCount(1 << 20)
                .setMinEpoch(epoch)
                .setMaxEpoch(epoch)
                .setUncompressedFileSize(200 << 20)
                .build();
    }

    /** A full key: table, vnode, primary key, epoch. */
    private static ByteString key(long at) {
        return ByteString.copyFrom(ByteBuffer.allocate(Integer.BYTES + Short.BYTES + 2 * Long.BYTES)
                .putInt(TABLE)
                .putShort((short) 0)
                .putLong(at)
                .putLong(FIRST_EPOCH)
                .flip());
    }
}
