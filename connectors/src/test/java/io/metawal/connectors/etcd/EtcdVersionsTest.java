package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.KeyValue;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every version of etcd must do for a capture and a restore. */
@Tag("server")
@Tag("process")
class EtcdVersionsTest {
    static List<ServerEntry> versions() {
        return ServerCatalog.etcdVersions();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aHistoryIsCapturedAndRestored(ServerEntry version) throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        try (EtcdServer server = EtcdServer.start(version)) {
            assertThat(server.ctl("version")).contains(server.version());
            EtcdOptions options = EtcdOptions.parse(server.url()).withObserveMillis(100);
            try (EtcdDriver etcd = new EtcdDriver(options)) {
                etcd.put("/before", "1");
                Capture.during(options, sink, capture -> {
                    sink.awaitEpoch(2);
                    etcd.putMany("/many/", 20, EtcdDriver.bytes("v"));
                    etcd.put(EtcdDriver.bytes("/leased"), EtcdDriver.bytes("v"), etcd.lease(600));
                    etcd.putAndDelete("/one", "/many/0000");
                    etcd.put("/before", "2");
                    long deleted = etcd.delete("/one");
                    sink.awaitEpoch(deleted);
                    sink.await("it to be observed", s -> s.observedEpoch() == deleted);
                });
                server.kill();
                server.restart();
                long last = etcd.put("/after", "3");
                Capture.during(options, sink, capture -> sink.awaitEpoch(last));
                assertThat(sink.commits()).noneMatch(commit -> commit.header().afterGap());
                SameAsEtcd.atEveryCommit(sink, etcd, "", 1);
                try (EtcdSelfCheck check = new EtcdSelfCheck(options)) {
                    assertThat(check.compare(sink.image()).differences()).isZero();
                }
                assertThat(server.ctl("get", "--print-value-only", "/before")).isEqualTo("2\n");

                // What was compacted away unseen is a gap, in the words of every version.
                etcd.put("/unseen", "4");
                etcd.compact(etcd.put("/unseen", "5"));
                long end = etcd.put("/end", "6");
                Capture.during(options, sink, capture -> sink.awaitEpoch(end));
                assertThat(sink.commits().stream()
                                .filter(commit -> commit.header().afterGap()))
                        .singleElement()
                        .satisfies(commit -> assertThat(commit.header().kind()).isEqualTo(CommitKind.BASE));
                SameAsEtcd.now(sink, etcd, "");
            }
        }
        restoreInto(version, sink);
    }

    private static void restoreInto(ServerEntry version, FoldingSink sink) throws InterruptedException {
        try (EtcdServer server = EtcdServer.start(version);
                ImageView view = sink.image()) {
            EtcdOptions options = EtcdOptions.parse(server.url());
            List<Entry> entries = SameAsEtcd.entries(view);
            try (EtcdTarget target = new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE)) {
                target.prepare(new RestorePoint("c", view.provenance()));
                entries.forEach(target::write);
                assertThat(target.publish().entries()).isEqualTo(15);
            }
            try (EtcdDriver etcd = new EtcdDriver(options)) {
                List<KeyValue> found = etcd.range("", 0);
                assertThat(found)
                        .extracting(KeyValue::getKey)
                        .isEqualTo(entries.stream()
                                .map(entry -> entry.entryKey().key())
                                .toList());
                assertThat(found)
                        .extracting(KeyValue::getValue)
                        .isEqualTo(entries.stream().map(Entry::value).toList());
            }
        }
    }
}
