package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A version with any number of SSTs, at once. */
final class LargeVersion {
    private static final int TABLES_OF_A_GROUP = 20;
    private static final long EPOCH = RandomDeltas.FIRST_EPOCH;

    private LargeVersion() {}

    /** Tables {@code firstTable} to {@code firstTable + tables - 1} in groups of their own, SSTs shared out among them. */
    static HummockVersion of(
            HummockVersion first,
            RandomSsts ssts,
            Numbers numbers,
            RwEra era,
            int firstTable,
            int tables,
            int sstCount) {
        HummockVersion.Builder version = first.toBuilder();
        int groups = (tables + TABLES_OF_A_GROUP - 1) / TABLES_OF_A_GROUP;
        for (int i = 0; i < groups; i++) {
            List<Integer> members = new ArrayList<>();
            for (int table = i * tables / groups; table < (i + 1) * tables / groups; table++) {
                members.add(firstTable + table);
            }
            int from = (int) ((long) sstCount * i / groups);
            int to = (int) ((long) sstCount * (i + 1) / groups);
            Levels.Builder group = WholeGroups.initial(numbers.group(), CommitDeltas.LEVELS).toBuilder();
            // Nine of ten in the lowest level, the rest in the one above it.
            fill(group, CommitDeltas.LEVELS, members, ssts, (to - from) - (to - from) / 10);
            fill(group, CommitDeltas.LEVELS - 1, members, ssts, (to - from) / 10);
            if (era.hasStateTables()) {
                StateTableInfo info = StateTableInfo.newBuilder()
                        .setCommittedEpoch(EPOCH)
                        .setSafeEpoch(era == RwEra.V1_10 ? EPOCH : 0)
                        .setCompactionGroupId(group.getGroupId())
                        .build();
                members.forEach(table -> version.putStateTableInfo(table, info));
            } else {
                group.addAllMemberTableIds(members);
            }
            version.putLevels(group.getGroupId(), WholeLevels.resized(group.build()));
        }
        if (era != RwEra.V2_1) {
            version.setMaxCommittedEpoch(EPOCH).setSafeEpoch(EPOCH);
        }
        return version.build();
    }

    private static void fill(Levels.Builder group, int level, List<Integer> tables, RandomSsts ssts, int count) {
        for (int i = 0; i < count; i++) {
            int table = tables.get((int) ((long) i * tables.size() / count));
            KeyRange range = KeyRange.newBuilder()
                    .setLeft(key(table, 2L * i))
                    .setRight(key(table, 2L * i + 1))
                    .build();
            SstableInfo sst = ssts.sst(range, List.of(table), EPOCH, EPOCH);
            group.getLevelsBuilder(level - 1).addTableInfos(sst);
        }
    }

    private static ByteString key(int table, long at) {
        ByteBuffer primaryKey = ByteBuffer.allocate(Long.BYTES).putLong(at).flip();
        return HummockKeys.fullKey(table, 1, ByteString.copyFrom(primaryKey), EPOCH);
    }
}
