package io.metawal.connectors.risingwave.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.testkit.seed.Seeded;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomDeltasTest {
    private static final int STEPS = 400;

    @ParameterizedTest
    @EnumSource
    void everyDeltaFitsAndLeavesLevelsInOrder(RwEra era) {
        Seeded.check(3, random -> {
            RandomDeltas deltas = new RandomDeltas(random.nextLong(), era);
            HummockVersion version = RandomDeltas.first();
            for (int i = 0; i < STEPS; i++) {
                version = WholeVersion.apply(version, deltas.next(version));
                assertSound(version);
                if (era != RwEra.V2_1) {
                    assertSummed(version);
                }
            }
            assertThat(Tables.ssts(version)).isLessThan(1000);
        });
    }

    /** From v2.1 on a split that hands nothing over leaves sizes as they were. */
    private static void assertSummed(HummockVersion version) {
        version.getLevelsMap()
                .values()
                .forEach(group -> assertThat(WholeLevels.resized(group)).isEqualTo(group));
    }

    private static void assertSound(HummockVersion version) {
        version.getLevelsMap().forEach((id, group) -> {
            assertThat(group.getGroupId()).isEqualTo(id);
            Set<Long> ids = new HashSet<>();
            for (Level level : Tables.levels(group)) {
                List<SstableInfo> ssts = level.getTableInfosList();
                ssts.forEach(sst -> assertThat(ids.add(sst.getSstId())).isTrue());
                ssts.forEach(
                        sst -> assertThat(sst.getTableIdsList()).isNotEmpty().isSorted());
                if (level.getLevelType() == LevelType.LEVEL_TYPE_NONOVERLAPPING) {
                    assertThat(HummockKeys.canConcat(ssts)).isTrue();
                }
            }
            assertThat(group.getL0().getSubLevelsList().stream().map(Level::getSubLevelId))
                    .isSorted()
                    .doesNotHaveDuplicates();
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfDeltaOfTheEraComesUp(RwEra era) {
        RandomDeltas deltas = new RandomDeltas(7, era);
        HummockVersion version = RandomDeltas.first();
        EnumSet<GroupDelta.DeltaTypeCase> seen = EnumSet.noneOf(GroupDelta.DeltaTypeCase.class);
        HummockVersion.Builder ofTables = HummockVersion.newBuilder();
        boolean moved = false;
        boolean late = false;
        boolean cut = false;
        for (int i = 0; i < 3000; i++) {
            HummockVersionDelta delta = deltas.next(version);
            delta.getGroupDeltasMap()
                    .values()
                    .forEach(group -> group.getGroupDeltasList().forEach(one -> seen.add(one.getDeltaTypeCase())));
            moved |= delta.getTrivialMove();
            HummockVersion next = WholeVersion.apply(version, delta);
            boolean ofGroups = delta.getGroupDeltasCount() > 0 && !delta.getTrivialMove();
            late |= ofGroups && next.getLevelsMap().equals(version.getLevelsMap());
            cut |= next.getLevelsMap().values().stream().anyMatch(RandomDeltasTest::hasCutSst);
            version = next;
            ofTables.mergeFrom(next.toBuilder().clearLevels().build());
        }
        EnumSet<GroupDelta.DeltaTypeCase> expected = EnumSet.of(
                GroupDelta.DeltaTypeCase.INTRA_LEVEL,
                GroupDelta.DeltaTypeCase.GROUP_CONSTRUCT,
                GroupDelta.DeltaTypeCase.GROUP_DESTROY);
        if (era == RwEra.V1_0) {
            expected.add(GroupDelta.DeltaTypeCase.GROUP_META_CHANGE);
            expected.add(GroupDelta.DeltaTypeCase.GROUP_TABLE_CHANGE);
        } else if (era == RwEra.V2_1) {
            expected.add(GroupDelta.DeltaTypeCase.GROUP_MERGE);
            expected.add(GroupDelta.DeltaTypeCase.NEW_L0_SUB_LEVEL);
            expected.add(GroupDelta.DeltaTypeCase.TRUNCATE_TABLES);
            assertThat(late).isTrue();
            assertThat(ofTables.getVectorIndexesMap()).isNotEmpty();
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(moved).isTrue();
        assertThat(cut).isTrue();
        assertThat(ofTables.getTableWatermarksMap()).isNotEmpty();
        assertThat(ofTables.getTableChangeLogsMap().isEmpty()).isEqualTo(era == RwEra.V1_0);
    }

    private static boolean hasCutSst(Levels group) {
        return Tables.levels(group).stream()
                .flatMap(level -> level.getTableInfosList().stream())
                .anyMatch(sst -> sst.getSstId() != sst.getObjectId());
    }

    @ParameterizedTest
    @EnumSource
    void aDeltaMadeInvalidDoesNotFit(RwEra era) {
        Seeded.check(3, random -> {
            RandomDeltas deltas = new RandomDeltas(random.nextLong(), era);
            HummockVersion version = RandomDeltas.first();
            for (int i = 0; i < 100; i++) {
                version = WholeVersion.apply(version, deltas.next(version));
                HummockVersion now = version;
                HummockVersionDelta wrong = deltas.invalid(now);
                assertThatThrownBy(() -> WholeVersion.apply(now, wrong))
                        .as("%s", wrong)
                        .isInstanceOf(DoesNotFit.class);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLargeVersionTakesDeltasLikeAnyOther(RwEra era) {
        RandomDeltas deltas = new RandomDeltas(3, era);
        HummockVersion version = deltas.large(100, 5000);
        assertThat(Tables.ssts(version)).isEqualTo(5000);
        assertThat(Tables.groups(version)).hasSize(100);
        assertSound(version);
        for (int i = 0; i < 50; i++) {
            version = WholeVersion.apply(version, deltas.next(version));
        }
        assertSound(version);
    }
}
