package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.metawal.connectors.etcd.rpc.WritePipeline;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class EtcdTargetTest {
    private static final RestorePoint POINT = point(12);
    private static final ByteString META = EtcdDriver.bytes("{\"create\":2,\"mod\":3,\"version\":1}");
    private static final ByteString LEASED = EtcdDriver.bytes("{\"create\":2,\"lease\":77,\"mod\":3,\"version\":1}");

    private final EtcdServer server = EtcdServer.start();
    private final EtcdOptions options = EtcdOptions.parse(server.url());
    private final EtcdDriver etcd = new EtcdDriver(options);

    @AfterEach
    void stop() {
        etcd.close();
        server.close();
    }

    private static RestorePoint point(long seq) {
        return new RestorePoint("c", new Provenance(1, seq, 9, 0, Chain.GENESIS, Digest.EMPTY));
    }

    private static Entry entry(String key, String value, ByteString meta) {
        return new Entry(EntryKey.of("kv", key), EtcdDriver.bytes(value), meta);
    }

    private static List<Entry> entries(int count) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(String.format("/k/%05d", i), "v" + i, META));
        }
        return entries;
    }

    private RestoreReport restore(EtcdOptions into, LeasedKeys leasedKeys, List<Entry> entries) {
        try (EtcdTarget target = new EtcdTarget(into, leasedKeys)) {
            target.prepare(POINT);
            entries.forEach(target::write);
            return target.publish();
        }
    }

    private void assertHolds(List<Entry> entries) throws InterruptedException {
        List<KeyValue> found = etcd.range("", 0);
        assertThat(found).hasSameSizeAs(entries);
        for (int i = 0; i < entries.size(); i++) {
            assertThat(found.get(i).getKey())
                    .isEqualTo(entries.get(i).entryKey().key());
            assertThat(found.get(i).getValue().equals(entries.get(i).value())).isTrue();
        }
    }

    @Test
    void whatWasWrittenIsThereAndTheMarkerIsNot() throws InterruptedException {
        RandomGenerator random = Seeded.random(3);
        List<Entry> entries = new ArrayList<>(entries(3000));
        for (int i = 0; i < 40; i++) {
            byte[] value = new byte[i % 4 == 0 ? 1_400_000 : random.nextInt(200_000)];
            random.nextBytes(value);
            entries.add(new Entry(EntryKey.of("kv", "/l/" + (100 + i)), ByteString.copyFrom(value), META));
        }
        entries.add(new Entry(
                new EntryKey(entries.get(0).entryKey().space(), ByteString.copyFrom(new byte[] {(byte) 0xff, 0})),
                ByteString.EMPTY,
                META));
        RestoreReport report = restore(options, LeasedKeys.WITHOUT_LEASE, entries);
        assertThat(report).isEqualTo(new RestoreReport(3041, 0, List.of()));
        assertHolds(entries);
    }

    @Test
    void aTargetThatHoldsAnythingIsRefused() throws InterruptedException {
        etcd.put("/there", "1");
        etcd.put("/there too", "1");
        assertThatThrownBy(() -> restore(options, LeasedKeys.WITHOUT_LEASE, entries(1)))
                .hasMessageContaining("is not empty: it holds 2 keys, such as /there")
                .extracting(e -> ((MetawalException) e).code())
                .isEqualTo(ExitCode.TARGET_NOT_EMPTY);
        assertThat(etcd.revision()).isEqualTo(3);
        EtcdOptions prefix = options.withPrefix(EtcdDriver.bytes("/k/"));
        List<Entry> entries = List.of(entry("/k/1", "a", META), entry("/l/1", "b", META));
        assertThat(restore(prefix, LeasedKeys.WITHOUT_LEASE, entries))
                .isEqualTo(new RestoreReport(
                        1, 1, List.of("1 key left out because they are outside the prefix, such as /l/1")));
        assertThat(etcd.range("", 0)).hasSize(3);
    }

    @Test
    void keysThatHadALease() throws InterruptedException {
        List<Entry> entries = List.of(entry("/a", "1", META), entry("/b", "2", LEASED), entry("/c", "3", LEASED));
        assertThat(restore(options, LeasedKeys.WITHOUT_LEASE, entries))
                .isEqualTo(new RestoreReport(3, 0, List.of("2 keys had a lease and came back without it, such as /b")));
        assertHolds(entries);
        etcd.deletePrefix("/");
        assertThat(restore(options, LeasedKeys.LEFT_OUT, entries))
                .isEqualTo(new RestoreReport(1, 2, List.of("2 keys left out because they had a lease, such as /b")));
        assertHolds(entries.subList(0, 1));
    }

    @Test
    void anotherSpaceIsRefusedAndNothingIsLeftBehind() throws InterruptedException {
        assertThatThrownBy(() -> restore(
                        options,
                        LeasedKeys.WITHOUT_LEASE,
                        List.of(new Entry(EntryKey.of("catalog.table", "1"), ByteString.EMPTY, ByteString.EMPTY))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("space catalog.table cannot go into an etcd");
        assertThat(etcd.range("", 0)).isEmpty();
    }

    @Test
    void anUnfinishedRestoreIsGoneOnWith() throws InterruptedException {
        List<Entry> entries = entries(1000);
        WritePipeline.Limits small = new WritePipeline.Limits(4, 1000, 3, 10_000);
        try (EtcdTarget broken = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE, small)) {
            broken.prepare(POINT);
            entries.subList(0, 600).forEach(broken::write);
        }
        try (EtcdTarget other = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            assertThatThrownBy(() -> other.prepare(point(13)))
                    .hasMessageContaining("unfinished restore of seq 12 of timeline 1 of cluster c")
                    .extracting(e -> ((MetawalException) e).code())
                    .isEqualTo(ExitCode.TARGET_NOT_EMPTY);
        }
        RestoreReport report = restore(options, LeasedKeys.WITHOUT_LEASE, entries);
        assertThat(report.entries()).isEqualTo(1000);
        assertHolds(entries);
        // Two marks of 64 transactions of 4 keys: 512 keys were not written again, the rest of the 600 was.
        assertThat(etcd.range("", 0).stream().limit(512)).allMatch(kv -> kv.getVersion() == 1);
        assertThat(etcd.range("", 0).get(512).getVersion()).isEqualTo(2);
    }

    /** The room that is left is too little for all of it, and enough for the rest of it. */
    @Test
    void anUnfinishedRestoreIsGoneOnWithWithinTheQuota() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            entries.add(entry(String.format("/k/%05d", i), "v".repeat(500), META));
        }
        WritePipeline.Limits small = new WritePipeline.Limits(16, 10_000, 3, 30_000);
        ServerEntry version = ServerCatalog.etcdVersionsWithQuota().get(0);
        try (EtcdServer tight = EtcdServer.start(version, "--quota-backend-bytes", "6000000")) {
            EtcdOptions into = EtcdOptions.parse(tight.url());
            try (EtcdTarget broken = new EtcdTarget(into, LeasedKeys.WITHOUT_LEASE, small)) {
                broken.prepare(POINT);
                entries.subList(0, 5500).forEach(broken::write);
            }
            try (EtcdTarget another =
                    new EtcdTarget(into.withPrefix(EtcdDriver.bytes("/k/9")), LeasedKeys.WITHOUT_LEASE)) {
                for (int i = 0; i < 6000; i++) {
                    another.examine(entry(String.format("/k/9%05d", i), "v".repeat(500), META));
                }
                assertThatThrownBy(another::ready).isInstanceOf(DiskFullException.class);
            }
            try (EtcdTarget again = new EtcdTarget(into, LeasedKeys.WITHOUT_LEASE, small)) {
                again.check(POINT);
                entries.forEach(again::examine);
                assertThat(again.ready().entries()).isEqualTo(6000);
                again.prepare(POINT);
                entries.forEach(again::write);
                assertThat(again.publish().entries()).isEqualTo(6000);
            }
        }
    }

    @Test
    void anUnfinishedRestoreIsNotGoneOnWithByOneOfOtherContent() throws InterruptedException {
        try (EtcdTarget broken = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            broken.prepare(POINT, "a");
            entries(10).forEach(broken::write);
        }
        try (EtcdTarget other = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            other.check(POINT);
            assertThatThrownBy(() -> other.prepare(POINT, "b"))
                    .hasMessageContaining("repeated with other options")
                    .extracting(e -> ((MetawalException) e).code())
                    .isEqualTo(ExitCode.TARGET_NOT_EMPTY);
        }
        try (EtcdTarget same = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            same.prepare(POINT, "a");
            entries(10).forEach(same::write);
            assertThat(same.publish().entries()).isEqualTo(10);
        }
        assertHolds(entries(10));
    }

    @Test
    void theServerMayBeKilledOnTheWay() throws InterruptedException {
        List<Entry> entries = entries(2000);
        WritePipeline.Limits small = new WritePipeline.Limits(8, 1000, 16, 100_000);
        try (EtcdTarget target = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE, small)) {
            target.prepare(POINT);
            entries.subList(0, 1000).forEach(target::write);
            server.kill();
            Thread restart = new Thread(server::restart, "restart");
            restart.start();
            entries.subList(1000, 2000).forEach(target::write);
            restart.join();
            assertThat(target.publish().entries()).isEqualTo(2000);
        }
        assertHolds(entries);
    }

    @Test
    void aWriteOfSomebodyElseIsFound() {
        try (EtcdTarget target = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            target.prepare(POINT);
            entries(10).forEach(target::write);
            etcd.put("/foreign", "1");
            assertThatThrownBy(target::publish)
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("expected 10 keys")
                    .hasMessageContaining("found 11 keys");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSlowerRestoreIsStoppedByOneThatFinished() {
        try (EtcdTarget slow = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
            slow.prepare(POINT);
            entries(10).forEach(slow::write);
            restore(options, LeasedKeys.WITHOUT_LEASE, entries(10));
            assertThatThrownBy(slow::publish).isInstanceOf(FencedException.class);
        }
    }
}
