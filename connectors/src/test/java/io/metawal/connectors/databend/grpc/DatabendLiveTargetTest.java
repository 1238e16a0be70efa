package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.grpc.SameAsServer.Plain;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.testkit.databend.MetaRecord;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabendLiveTargetTest {
    private static final WriteBatches.Limits SMALL = new WriteBatches.Limits(3, 1 << 20);

    @TempDir
    Path scratch;

    private final ManualClock clock = new ManualClock();
    private final DatabendServer server = DatabendServer.start(3, clock);
    private final DatabendOptions options =
            DatabendOptions.parse(server.url()).withExportMillisMin(5).withObserveMillis(20);
    private final FoldingSink sink = new FoldingSink();

    @AfterEach
    void stop() {
        server.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private long put(String key, String value) {
        clock.tick(1);
        return server.put(key, bytes(value));
    }

    private void capture() throws InterruptedException {
        LiveCapture.during(options, sink, running -> sink.awaitEpoch(server.last()));
    }

    private interface Meanwhile {
        void run() throws InterruptedException;
    }

    private RestoreReport restore(long index) throws InterruptedException {
        return restore(options, index, WriteBatches.Limits.DEFAULT, () -> {});
    }

    private RestoreReport restore(DatabendOptions into, long index, WriteBatches.Limits limits, Meanwhile meanwhile)
            throws InterruptedException {
        return restore(scratch, into, index, limits, meanwhile);
    }

    /** Restores the point after the entry of an index; {@code meanwhile} happens just before anything is written. */
    private RestoreReport restore(
            Path folder, DatabendOptions into, long index, WriteBatches.Limits limits, Meanwhile meanwhile)
            throws InterruptedException {
        try (MemoryImage image = new MemoryImage()) {
            for (Commit commit : sink.commits()) {
                if (commit.epoch() <= index) {
                    image.apply(commit);
                }
            }
            assertThat(image.provenance().epoch()).isEqualTo(index);
            RestorePoint point = new RestorePoint("test", image.provenance());
            try (DatabendLiveTarget target = new DatabendLiveTarget(into, clock, folder, limits);
                    ImageView view = image.view();
                    EntryIterator entries = view.entries()) {
                target.check(point);
                target.prepare(point);
                while (entries.hasNext()) {
                    Entry entry = entries.next();
                    target.write(entry);
                }
                meanwhile.run();
                return target.publish();
            }
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertNotTheSame(Meanwhile restore) {
        return assertThatThrownBy(restore::run)
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                .hasMessageContaining("is not the cluster that the point is of")
                .hasMessageContaining("--into databend-export:FILE");
    }

    private static boolean comesAndGoes(String key) {
        return key.startsWith("__fd_clusters");
    }

    private static boolean counts(String key) {
        return key.startsWith("__fd_sequence_storage");
    }

    /** Values and expiries; seqs are new. */
    private static Map<String, Plain> restored(NavigableMap<String, MetaRecord> records) {
        TreeMap<String, Plain> plain = new TreeMap<>();
        SameAsServer.plain(records).forEach((key, record) -> {
            if (!comesAndGoes(key) && !counts(key)) {
                plain.put(key, new Plain(0, record.value(), record.expireAtMs()));
            }
        });
        return plain;
    }

    @Test
    void anyPointOfAnyHistory() {
        // One record of every cluster is as it ever was.
        put("__fd_tenant/t1", "first");
        Seeded.check(6, random -> {
            RandomWrites writes = new RandomWrites(server, clock, random);
            for (int i = 0; i < 120; i++) {
                writes.write();
            }
            if (random.nextBoolean()) {
                server.snapshotAndPurge(random.nextInt(10));
            }
            for (int round = 0; round < 4; round++) {
                capture();
                List<Commit> commits = sink.commits();
                long index = commits.get(random.nextInt(commits.size() / 2, commits.size()))
                        .epoch();
                NavigableMap<String, MetaRecord> before = server.at(server.last());
                NavigableMap<String, MetaRecord> wanted = server.at(index);
                long nowMs = clock.millis();
                wanted.values().removeIf(r -> r.expireAtMs() != null && r.expireAtMs() < nowMs + 1000);
                restore(options, index, random.nextBoolean() ? SMALL : WriteBatches.Limits.DEFAULT, () -> {});
                check(wanted, before, server.at(server.last()));
                for (int i = 0; i < 20; i++) {
                    writes.write();
                }
            }
            capture();
            SameAsServer.atEveryIndex(sink.commits(), server);
        });
    }

    private static void check(
            NavigableMap<String, MetaRecord> wanted,
            NavigableMap<String, MetaRecord> before,
            NavigableMap<String, MetaRecord> after) {
        assertThat(restored(after)).isEqualTo(restored(wanted));
        for (Map.Entry<String, MetaRecord> counter : before.entrySet()) {
            if (comesAndGoes(counter.getKey()) && after.containsKey(counter.getKey())) {
                assertThat(after).containsEntry(counter.getKey(), counter.getValue());
            }
            if (counts(counter.getKey())) {
                assertThat(number(after, counter.getKey()))
                        .isGreaterThanOrEqualTo(number(before, counter.getKey()))
                        .isGreaterThanOrEqualTo(
                                wanted.containsKey(counter.getKey()) ? number(wanted, counter.getKey()) : 0);
            }
        }
    }

    private static long number(NavigableMap<String, MetaRecord> records, String key) {
        return Long.parseLong(Objects.requireNonNull(records.get(key)).value().toStringUtf8());
    }

    @Test
    void onlyWhatDiffersIsWritten() throws InterruptedException {
        put("__fd_table/1/a", "a1");
        put("__fd_table/1/b", "b1");
        put("__fd_sequence_storage/t/s", "7");
        put("__fd_id_gen/table_id", "");
        long point = put("__fd_clusters_v6/t/n", "n1");
        put("__fd_table/1/b", "b2");
        put("__fd_table/1/c", "c2");
        put("__fd_sequence_storage/t/s", "9");
        put("__fd_id_gen/table_id", "");
        put("__fd_clusters_v6/t/n", "n2");
        capture();
        long seq = server.seq();
        MetaRecord kept = server.find("__fd_table/1/a");
        MetaRecord generator = server.find("__fd_id_gen/table_id");
        RestoreReport report = restore(point);
        assertThat(report.entries()).isEqualTo(2);
        assertThat(report.skipped()).isZero();
        assertThat(report.notes())
                .containsExactly(
                        "1 records were as they were at the point; 1 put, 1 deleted, 0 counters raised, in 1 transactions",
                        "1 records that come and go by themselves were left as the service has them");
        assertThat(server.seq()).isEqualTo(seq + 1);
        assertThat(server.find("__fd_table/1/a")).isEqualTo(kept);
        assertThat(server.find("__fd_id_gen/table_id")).isEqualTo(generator);
        assertThat(server.find("__fd_table/1/b")).isNotNull().returns(bytes("b1"), MetaRecord::value);
        assertThat(server.find("__fd_table/1/c")).isNull();
        assertThat(server.find("__fd_sequence_storage/t/s")).isNotNull().returns(bytes("9"), MetaRecord::value);
        assertThat(server.find("__fd_clusters_v6/t/n")).isNotNull().returns(bytes("n2"), MetaRecord::value);
        assertThat(restore(point).entries()).as("of the same again").isZero();
    }

    @Test
    void aCounterThatIsGoneComesBackAtLeastWhereItWas() throws InterruptedException {
        put("__fd_table/1/a", "a1");
        long point = put("__fd_sequence_storage/t/s", "7");
        server.delete("__fd_sequence_storage/t/s");
        capture();
        restore(point);
        assertThat(server.find("__fd_sequence_storage/t/s")).isNotNull().returns(bytes("7"), MetaRecord::value);
    }

    @Test
    void whatHasExpiredSinceStaysGone() throws InterruptedException {
        put("__fd_table/1/a", "a1");
        server.putFor("__fd_table_copied_files/1/f", bytes("x"), 5_000);
        long point = server.putFor("__fd_table_copied_files/1/g", bytes("y"), 900_000);
        server.delete("__fd_table_copied_files/1/g");
        clock.tick(10_000);
        put("__fd_table/1/a", "a2");
        capture();
        RestoreReport report = restore(point);
        assertThat(report.skipped()).as("it would have gone by itself").isZero();
        assertThat(report.notes())
                .contains(
                        "1 records of the point have expired since and were not brought back, as they would have gone by"
                                + " themselves");
        assertThat(server.find("__fd_table_copied_files/1/f")).isNull();
        assertThat(server.find("__fd_table_copied_files/1/g"))
                .isNotNull()
                .returns(server.timeMs(point) + 900_000, MetaRecord::expireAtMs);
    }

    @Test
    void anotherClusterIsRefused() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            put("__fd_table/1/" + i, "v" + i);
        }
        capture();
        long point = server.last();
        try (DatabendServer other = DatabendServer.start(1, clock)) {
            DatabendOptions there = DatabendOptions.parse(other.url());
            assertNotTheSame(() -> restore(there, point, SMALL, () -> {}))
                    .hasMessageContaining("its log ends at index 1, before the point, " + point);
            for (int i = 29; i >= 0; i--) {
                other.put("__fd_table/1/" + i, bytes("v" + i));
            }
            NavigableMap<String, MetaRecord> before = other.at(other.last());
            // The same keys and values; but the seqs are not those of the point.
            assertNotTheSame(() -> restore(there, point, SMALL, () -> {})).hasMessageContaining("has seq ");
            assertThat(other.at(other.last())).isEqualTo(before);
            for (String key : List.copyOf(before.keySet())) {
                other.delete(key);
            }
            assertNotTheSame(() -> restore(there, point, SMALL, () -> {}))
                    .hasMessageContaining("it holds none of the records of the point");
        }
    }

    @Test
    void whoeverWritesMeanwhileIsNotOverwritten() throws InterruptedException {
        for (int i = 0; i < 9; i++) {
            put("__fd_table/1/" + i, "old");
        }
        long point = put("__fd_table/1/kept", "kept");
        for (int i = 0; i < 9; i++) {
            put("__fd_table/1/" + i, "new");
        }
        capture();
        assertThatThrownBy(() -> restore(options, point, SMALL, () -> put("__fd_table/1/4", "newest")))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.CONFLICT))
                .hasMessageContaining("__fd_table/1/4 was written meanwhile: expected seq 15, found 20")
                .hasMessageContaining("1 transactions are done")
                .hasMessageContaining("repeat the restore");
        assertThat(server.find("__fd_table/1/4")).isNotNull().returns(bytes("newest"), MetaRecord::value);
        restore(point);
        assertThat(restored(server.at(server.last()))).isEqualTo(restored(server.at(point)));
    }

    @Test
    void answersThatAreLostAreNotDoneTwice() throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            put("__fd_table/1/" + i, "old");
        }
        long point = put("__fd_sequence_storage/t/s", "50");
        for (int i = 0; i < 30; i += 2) {
            put("__fd_table/1/" + i, "new");
            server.delete("__fd_table/1/" + (i + 1));
        }
        server.delete("__fd_sequence_storage/t/s");
        capture();
        long seq = server.seq();
        RestoreReport report = restore(options, point, SMALL, () -> {
            server.loseAnswers(1, 4);
            server.restart(2);
            server.elect(2);
        });
        assertThat(report.entries()).isEqualTo(31);
        assertThat(server.seq()).as("each put once").isEqualTo(seq + 31);
        assertThat(restored(server.at(server.last()))).isEqualTo(restored(server.at(point)));
    }

    /** I4: of the service's own export, which what is written is worked out from, and of the transactions. */
    @Test
    void aTemporaryFileThatChangesEndsInExit6() throws Exception {
        for (int i = 0; i < 40; i++) {
            put("__fd_table/1/" + i, "old");
        }
        long point = put("__fd_table/1/kept", "kept");
        Map<String, Plain> wanted = restored(server.at(point));
        for (int i = 0; i < 40; i += 2) {
            put("__fd_table/1/" + i, "new");
        }
        capture();
        int[] complete = {0};
        List<String> files = new FaultMatrix(scratch, 4, 100).run(() -> new FaultMatrix.Attempt() {
            private final Map<String, Plain> before = differing();

            /** What an attempt restored differs again. */
            private Map<String, Plain> differing() {
                put("__fd_table/1/6", "other");
                server.delete("__fd_table/1/7");
                return restored(server.at(server.last()));
            }

            @Override
            public void restore(Path folder) throws InterruptedException {
                DatabendLiveTargetTest.this.restore(folder, point);
            }

            @Override
            public void assertRestored() {
                assertThat(restored(server.at(server.last()))).isEqualTo(wanted);
            }

            /** Of the export that is read back, damage comes when all is written: then all of it is, and is called unproven. */
            @Override
            public void assertNothingVisible() {
                Map<String, Plain> after = restored(server.at(server.last()));
                assertThat(after).isIn(before, wanted);
                if (after.equals(wanted)) {
                    complete[0]++;
                }
            }
        });
        assertThat(files)
                .as("planned from, compared with, carried out, read back")
                .hasSize(4);
        assertThat(complete[0])
                .as("4 + 1 flips, 3 truncations, 1 swap of the last file alone")
                .isEqualTo(9);
        assertThat(files)
                .anyMatch(file -> file.endsWith(".ndjson"))
                .anyMatch(file -> file.endsWith("/list"))
                .anyMatch(file -> file.endsWith("/batches"));
    }

    private RestoreReport restore(Path folder, long index) throws InterruptedException {
        return restore(folder, options, index, SMALL, () -> {});
    }

    /** What no transaction was made for is read back, too. */
    @Test
    void aKeyThatSomebodyElseWritesMeanwhileIsFoundWhereNothingIsRestoredToIt() throws InterruptedException {
        put("__fd_table/1/a", "a1");
        long point = put("__fd_table/1/b", "b1");
        put("__fd_table/1/b", "b2");
        capture();
        assertThatThrownBy(() -> restore(options, point, SMALL, () -> put("__fd_table/1/a", "written meanwhile")))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("does not hold the records of the point")
                .hasMessageContaining("repeat the restore");
        restore(point);
        assertThat(restored(server.at(server.last()))).isEqualTo(restored(server.at(point)));
    }

    @Test
    void withoutALeaderNothingIsDone() {
        server.beOld(2);
        put("__fd_table/1/a", "a");
        DatabendOptions follower = options.withEndpoints(List.of(server.endpoint(2)));
        try (DatabendLiveTarget target = new DatabendLiveTarget(follower, clock, scratch);
                MemoryImage empty = new MemoryImage()) {
            assertThatThrownBy(() -> target.check(new RestorePoint("test", empty.provenance())))
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining("none of these nodes leads");
        }
    }
}
