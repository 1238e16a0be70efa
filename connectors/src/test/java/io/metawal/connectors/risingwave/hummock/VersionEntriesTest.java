package io.metawal.connectors.risingwave.hummock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VersionEntriesTest {
    @Test
    void a_version_put_together_from_its_entries_in_any_order_is_the_version() {
        Seeded.check(500, random -> {
            HummockVersion version = new RandomVersion(random).make();
            List<Entry> entries = split(version);
            for (int n = entries.size(); n > 1; n--) {
                Collections.swap(entries, n - 1, random.nextInt(n));
            }
            HummockVersion again = assemble(entries);
            assertThat(again).isEqualTo(version);
            assertThat(split(again)).containsExactlyInAnyOrderElementsOf(entries);
        });
    }

    @Test
    void keys_values_and_places_are_as_written_in_the_format() {
        SstableInfo first = sst(7, 1, 2);
        SstableInfo second = sst(6, 1, 3);
        HummockVersion version = HummockVersion.newBuilder()
                .setId(5)
                .putLevels(
                        2,
                        HummockVersion.Levels.newBuilder()
                                .setGroupId(2)
                                .setL0(OverlappingLevel.newBuilder()
                                        .setTotalFileSize(9)
                                        .addSubLevels(Level.newBuilder()
                                                .setSubLevelId(31)
                                                .setLevelType(LevelType.LEVEL_TYPE_OVERLAPPING)
                                                .addTableInfos(first)
                                                .addTableInfos(second)))
                                .addLevels(Level.newBuilder()
                                        .setLevelIdx(1)
                                        .setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING)
                                        .addTableInfos(first))
                                .build())
                .putTableChangeLogs(
                        4,
                        TableChangeLog.newBuilder()
                                .addChangeLogs(EpochNewChangeLog.newBuilder()
                                        .addEpochs(8)
                                        .addEpochs(9))
                                .build())
                .build();
        assertThat(split(version))
                .contains(
                        new Entry(
                                HummockKeys.CURRENT,
                                HummockVersion.newBuilder().setId(5).build().toByteString(),
                                ByteString.EMPTY),
                        new Entry(
                                EntryKey.of("hummock.sst", "2/0/31/7"),
                                first.toByteString(),
                                ByteString.copyFromUtf8("{\"at\":0}")),
                        new Entry(
                                EntryKey.of("hummock.sst", "2/0/31/6"),
                                second.toByteString(),
                                ByteString.copyFromUtf8("{\"at\":1}")),
                        new Entry(EntryKey.of("hummock.sst", "2/1/0/7"), first.toByteString(), ByteString.EMPTY));
        assertThat(keys(version))
                .containsExactlyInAnyOrder(
                        "hummock.version current",
                        "hummock.group 2",
                        "hummock.sublevel 2/31",
                        "hummock.level 2/1",
                        "hummock.sst 2/0/31/7",
                        "hummock.sst 2/0/31/6",
                        "hummock.sst 2/1/0/7",
                        "hummock.changelog 4",
                        "hummock.changelog 4/9");
    }

    @Test
    void a_version_that_could_not_be_put_together_again_is_refused() {
        assertRefused(
                sorted(sst(1, 5, 6), sst(2, 1, 2)),
                "group 3 level 1: expected SSTs in the order of their key ranges, found 2 after 1");
        assertRefused(sorted(sst(1, 1, 2), sst(1, 5, 6)), "each SST once, found 1 twice");
        assertRefused(
                HummockVersion.newBuilder()
                        .putLevels(
                                3,
                                HummockVersion.Levels.newBuilder()
                                        .addLevels(Level.newBuilder().setLevelIdx(2))
                                        .build())
                        .build(),
                "group 3: expected level 1 at place 1, found level 2");
        assertRefused(
                HummockVersion.newBuilder()
                        .putTableChangeLogs(
                                4,
                                TableChangeLog.newBuilder()
                                        .addChangeLogs(EpochNewChangeLog.newBuilder())
                                        .build())
                        .build(),
                "change log of table 4: expected epochs, found none");
    }

    @Test
    void entries_that_are_missing_or_contradict_each_other_are_refused() {
        HummockVersion version = sorted(sst(1, 1, 2), sst(2, 5, 6));
        for (String space : List.of("hummock.version", "hummock.group", "hummock.level")) {
            List<Entry> entries = split(version);
            entries.removeIf(entry -> entry.entryKey().space().name().equals(space));
            assertThatThrownBy(() -> assemble(entries))
                    .isInstanceOfSatisfying(
                            HummockFaultException.class,
                            e -> assertThat(e.code()).isEqualTo(ExitCode.MISMATCH))
                    .hasMessageContaining("expected an entry of " + space);
        }
        List<Entry> placed = split(version);
        placed.replaceAll(entry -> entry.entryKey().equals(EntryKey.of("hummock.sst", "3/1/0/1"))
                ? new Entry(entry.entryKey(), entry.value(), ByteString.copyFromUtf8("{\"at\":4}"))
                : entry);
        assertThatThrownBy(() -> assemble(placed))
                .hasMessageContaining("expected no place beside its key range, found place 4");
        for (String key : List.of("3/1/0/9", "3/1/0/01", "3/1/0", "3/1/0/x", "3/1/0/1/1", "3/4294967296/0/1")) {
            List<Entry> renamed = split(version);
            renamed.replaceAll(entry -> entry.entryKey().equals(EntryKey.of("hummock.sst", "3/1/0/1"))
                    ? new Entry(EntryKey.of("hummock.sst", key), entry.value(), entry.meta())
                    : entry);
            assertThatThrownBy(() -> assemble(renamed)).as(key).isInstanceOf(HummockFaultException.class);
        }
    }

    @Test
    void other_spaces_are_passed_over() {
        HummockVersion version = sorted(sst(1, 1, 2));
        List<Entry> entries = split(version);
        entries.add(new Entry(EntryKey.of("hummock.stats", "0"), ByteString.copyFromUtf8("x"), ByteString.EMPTY));
        assertThat(assemble(entries)).isEqualTo(version);
    }

    private static void assertRefused(HummockVersion version, String saying) {
        assertThatThrownBy(() -> split(version))
                .isInstanceOf(HummockFaultException.class)
                .hasMessageContaining(saying);
    }

    private static HummockVersion sorted(SstableInfo... ssts) {
        return HummockVersion.newBuilder()
                .putLevels(
                        3,
                        HummockVersion.Levels.newBuilder()
                                .addLevels(Level.newBuilder()
                                        .setLevelIdx(1)
                                        .setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING)
                                        .addAllTableInfos(List.of(ssts)))
                                .build())
                .build();
    }

    private static SstableInfo sst(long id, int from, int to) {
        return SstableInfo.newBuilder()
                .setSstId(id)
                .setKeyRange(KeyRange.newBuilder()
                        .setLeft(RandomVersion.fullKey(from, 0, 1))
                        .setRight(RandomVersion.fullKey(to, 0, 1)))
                .build();
    }

    static List<Entry> split(HummockVersion version) {
        List<Entry> entries = new ArrayList<>();
        VersionEntries.split(version, entries::add);
        return entries;
    }

    static HummockVersion assemble(Iterable<Entry> entries) {
        VersionAssembler assembler = new VersionAssembler();
        entries.forEach(assembler::add);
        return assembler.assemble();
    }

    private static Set<String> keys(HummockVersion version) {
        return split(version).stream()
                .map(entry ->
                        entry.entryKey().space() + " " + entry.entryKey().key().toStringUtf8())
                .collect(Collectors.toSet());
    }
}
