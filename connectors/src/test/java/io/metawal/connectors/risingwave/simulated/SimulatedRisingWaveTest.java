package io.metawal.connectors.risingwave.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.testkit.seed.Seeded;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedRisingWaveTest {
    private final MemoryObjectStore objects = new MemoryObjectStore(InstantSource.system());
    private final MemoryMetaStore store = new MemoryMetaStore();

    private SimulatedRisingWave started(long seed, String version) {
        SimulatedRisingWave risingWave = new SimulatedRisingWave(SimulationSettings.of(seed, version), store, objects);
        risingWave.bootstrap();
        return risingWave;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.7.0", "1.9.1", "1.10.1", "2.0.1"})
    void rowsAndCheckpointAlwaysGiveTheVersion(String version) {
        Seeded.check(3, random -> {
            MemoryMetaStore rows = new MemoryMetaStore();
            MemoryObjectStore files = new MemoryObjectStore(InstantSource.system());
            SimulatedRisingWave risingWave =
                    new SimulatedRisingWave(SimulationSettings.of(random.nextLong(), version), rows, files);
            risingWave.bootstrap();
            long[] epoch = {0};
            int[] transactions = {0};
            risingWave.addListener((now, hummock, lastEpoch, description) -> {
                assertThat(lastEpoch).isGreaterThanOrEqualTo(epoch[0]);
                epoch[0] = lastEpoch;
                if (transactions[0]++ % 50 == 0) {
                    assertThat(replayed(now, files)).isEqualTo(hummock);
                    assertThat(rows.rows()).isEqualTo(now);
                }
            });
            for (int i = 0; i < 600; i++) {
                risingWave.step();
            }
            assertThat(epoch[0]).isPositive();
            assertThat(transactions[0]).isGreaterThan(600);
            assertThat(risingWave.crashes()).isPositive();
            assertThat(risingWave.committedEpochs()).isNotEmpty().containsValue(risingWave.lastEpoch());
            assertThat(risingWave.rows()).hasSizeLessThan(1000);
            assertThat(Tables.ssts(risingWave.version())).isLessThan(900);
        });
    }

    private static HummockVersion replayed(SortedMap<ByteString, ByteString> rows, MemoryObjectStore files) {
        try {
            HummockVersion version = HummockVersionCheckpoint.parseFrom(
                            files.read(new ObjectKey("hummock_001/checkpoint/0")))
                    .getVersion();
            Map<Long, HummockVersionDelta> deltas = new TreeMap<>();
            for (Map.Entry<ByteString, ByteString> row : rows.entrySet()) {
                if (row.getKey().toStringUtf8().startsWith("cf/hummock_1/")) {
                    HummockVersionDelta delta = HummockVersionDelta.parseFrom(row.getValue());
                    assertThat(row.getKey()).isEqualTo(EtcdKeys.number("cf/hummock_1", delta.getId()));
                    deltas.put(delta.getId(), delta);
                }
            }
            for (HummockVersionDelta delta : deltas.values()) {
                version = delta.getId() > version.getId()
                        ? WholeVersion.apply(version, delta, SimulatedRelease.V2_0)
                        : version;
            }
            return version;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.10.1", "2.0.1"})
    void aCrashLosesNothingButIds(String version) {
        SimulatedRisingWave risingWave = started(3, version);
        for (int i = 0; i < 300; i++) {
            risingWave.step();
            if (i % 10 == 0) {
                HummockVersion before = risingWave.version();
                SortedMap<ByteString, ByteString> rows = new TreeMap<>(store.rows());
                risingWave.crash();
                assertThat(risingWave.version()).isEqualTo(before);
                assertThat(without(store.rows())).isEqualTo(without(rows));
            }
        }
        assertThat(risingWave.crashes()).isGreaterThanOrEqualTo(30);
    }

    /** Without what a restart changes: who is elected, blocks of ids, tasks that were running. */
    private static Map<ByteString, ByteString> without(SortedMap<ByteString, ByteString> rows) {
        Map<ByteString, ByteString> rest = new HashMap<>(rows);
        rest.keySet().removeIf(key -> {
            String text = key.toStringUtf8();
            return text.startsWith("__meta_election_/") || text.endsWith("_id_next_generator");
        });
        return rest;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.7.0", "2.0.1"})
    void idsOnlyGrowAndAreTakenBeforeTheyAreUsed(String version) {
        SimulatedRisingWave risingWave = started(4, version);
        Map<ByteString, Long> taken = new HashMap<>();
        risingWave.addListener((rows, hummock, epoch, description) -> {
            for (String category : List.of("table", "hummock_ss_table_id", "compaction_group", "fragment", "user")) {
                ByteString key = ByteString.copyFromUtf8("default/" + category + "_id_next_generator");
                long end = EtcdKeys.counterOf(rows.getOrDefault(key, ByteString.EMPTY));
                assertThat(end).isGreaterThanOrEqualTo(taken.getOrDefault(key, 0L));
                taken.put(key, end);
            }
        });
        for (int i = 0; i < 600; i++) {
            risingWave.step();
        }
        long ssts = taken.getOrDefault(ByteString.copyFromUtf8("default/hummock_ss_table_id_id_next_generator"), 0L);
        assertThat(ssts(risingWave.version())).isNotEmpty().allMatch(sst -> sst.getSstId() < ssts);
    }

    @Test
    void everySstHasItsObject() {
        SimulatedRisingWave risingWave = started(6, "1.9.1");
        for (int i = 0; i < 300; i++) {
            risingWave.step();
        }
        assertThat(ssts(risingWave.version()))
                .isNotEmpty()
                .allSatisfy(sst -> assertThat(objects.stat(new ObjectKey("hummock_001/" + sst.getObjectId() + ".data")))
                        .isNotNull());
    }

    private static List<SstableInfo> ssts(HummockVersion version) {
        List<SstableInfo> ssts = new ArrayList<>();
        version.getLevelsMap()
                .values()
                .forEach(group -> Tables.levels(group).forEach(level -> ssts.addAll(level.getTableInfosList())));
        return ssts;
    }

    @Test
    void objectsLieInDirectoriesByTheirChecksum() {
        assertThat(List.of(1L, 2L, 10000L, 177975L, 57792807L))
                .extracting(SimulatedObjects::prefix)
                .containsExactly(255L, 69L, 104L, 119L, 221L);
        SimulationSettings settings = SimulationSettings.of(1, "1.7.0").withStateStore("hummock+s3://bucket", "dir");
        assertThat(new SimulatedObjects(objects, settings).sstKey(177975)).hasToString("dir/119/177975.data");
    }

    @Test
    void keysAreWrappedAsRisingWaveDoes() {
        assertThat(EtcdKeys.catalog("database", 0).toStringUtf8()).isEqualTo("cf/catalog_database/");
        assertThat(hex(EtcdKeys.number("cf/t", 5))).isEqualTo("63662f742f" + "0805");
        assertThat(hex(EtcdKeys.number("cf/t", 300))).isEqualTo("63662f742f" + "08ac02");
        assertThat(EtcdKeys.numberOf("cf/t", EtcdKeys.number("cf/t", 300))).isEqualTo(300);
        assertThat(hex(EtcdKeys.counter(1001))).isEqualTo("00000000000003e9");
        assertThat(hex(EtcdKeys.address("h", 7))).isEqualTo("63662f776f726b65722f" + "0a016810" + "07");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        List<Integer> first = history(8);
        assertThat(history(8)).isEqualTo(first);
        assertThat(history(9)).isNotEqualTo(first);
    }

    private static List<Integer> history(long seed) {
        List<Integer> history = new ArrayList<>();
        SimulatedRisingWave risingWave = new SimulatedRisingWave(
                SimulationSettings.of(seed, "1.10.1"),
                transaction -> history.add(transaction.puts().hashCode()
                        + 31 * transaction.deletes().hashCode()),
                new MemoryObjectStore(InstantSource.system()));
        risingWave.bootstrap();
        for (int i = 0; i < 200; i++) {
            risingWave.step();
        }
        return history;
    }

    @Test
    void theBootstrappedStoreIsThatOfAnEmptyCluster() {
        SimulatedRisingWave risingWave = started(1, "1.7.0");
        assertThat(risingWave.version().getId()).isEqualTo(1);
        assertThat(risingWave.version().getLevelsMap()).containsOnlyKeys(2L, 3L);
        assertThat(risingWave.rows())
                .containsKey(ByteString.copyFromUtf8("cf/catalog_database/"))
                .containsKey(ByteString.copyFromUtf8("cf/cluster_id"))
                .containsKey(ByteString.copyFromUtf8("cf/hummock_7/"))
                .containsEntry(
                        ByteString.copyFromUtf8("cf/system_params/data_directory"),
                        ByteString.copyFromUtf8("hummock_001"))
                .containsEntry(ByteString.copyFromUtf8("default/table_id_next_generator"), EtcdKeys.counter(2001));
        assertThatThrownBy(() -> started(1, "2.1.0"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("no etcd meta store");
    }

    @Test
    void aLargeClusterGoesOnLikeAnyOther() {
        SimulatedRisingWave risingWave = started(1, "2.0.1");
        risingWave.prefill(2500, 10000);
        assertThat(Tables.ssts(risingWave.version())).isEqualTo(10000);
        HummockVersion large = risingWave.version();
        risingWave.commitEpoch();
        assertThat(risingWave.version().getStateTableInfoMap().keySet())
                .isEqualTo(large.getStateTableInfoMap().keySet());
        for (int i = 0; i < 20; i++) {
            risingWave.step();
        }
        risingWave.crash();
        risingWave.checkpoint();
        assertThat(risingWave.rows().keySet())
                .noneMatch(key -> key.toStringUtf8().startsWith("cf/hummock_1/"));
    }
}
