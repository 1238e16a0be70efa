package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EtcdVersion;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerEntry;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("server")
class EtcdPrefixTest {
    @Test
    void capturesItsPrefixAlone() throws InterruptedException {
        String prefix = "/mine-" + ProcessHandle.current().pid() + "/";
        ByteString outside = ByteString.copyFrom(new byte[] {(byte) 0xff, 1});
        FoldingSink sink = new FoldingSink();
        try (EtcdServer server = EtcdServer.shared()) {
            EtcdOptions all = EtcdOptions.parse(server.url()).withObserveMillis(100);
            EtcdOptions mine = all.withPrefix(EtcdDriver.bytes(prefix));
            try (EtcdDriver etcd = new EtcdDriver(all)) {
                etcd.putMany(prefix, 20, EtcdDriver.bytes("v"));
                etcd.put(prefix.substring(0, prefix.length() - 1) + "0", "just behind");
                Capture.during(mine, sink, capture -> {
                    sink.await("the base", s -> !s.commits().isEmpty());
                    etcd.put(outside, ByteString.EMPTY, 0);
                    etcd.putAndDelete(prefix + "new", prefix + "0001");
                    sink.awaitEpoch(etcd.putAndDelete("/elsewhere", prefix + "0000"));
                    long now = Timestamps.micros(InstantSource.system().instant());
                    sink.await("the quiet to be observed", s -> s.observedMicros() > now);
                });
                assertThat(sink.commits()).hasSize(3);
                assertThat(sink.last().changes()).hasSize(10);
                SameAsEtcd.atEveryCommit(sink, etcd, prefix, 1);
                etcd.deletePrefix(prefix.substring(0, prefix.length() - 1));
            }
        }
    }

    /** Others write, nobody writes under the prefix; the capture is stopped, and etcd compacted. */
    @ParameterizedTest
    @MethodSource("io.metawal.testkit.servers.ServerCatalog#etcdVersions")
    @Tag("server")
    void aQuietPrefixThatWasStoppedHasNoGap(ServerEntry version) throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        try (EtcdServer server = EtcdServer.start(version)) {
            assumeThat(EtcdVersion.parse(server.version()).ordersProgress())
                    .as("older ones report no progress on request")
                    .isTrue();
            EtcdOptions all = EtcdOptions.parse(server.url()).withObserveMillis(50);
            EtcdOptions mine = all.withPrefix(EtcdDriver.bytes("/mine/"));
            try (EtcdDriver etcd = new EtcdDriver(all)) {
                etcd.put("/mine/a", "1");
                Capture.during(mine, sink, capture -> {
                    sink.awaitEpoch(2);
                    for (int i = 0; i < 50; i++) {
                        etcd.put("/others/" + i, "1");
                    }
                    sink.await("progress", s -> s.observedEpoch() == 52);
                });
                etcd.put("/others/last", "1");
                etcd.compact(52);
                Capture.during(mine, sink, capture -> sink.awaitEpoch(etcd.put("/mine/b", "1")));
                assertThat(sink.commits()).hasSize(3).noneMatch(c -> c.header().afterGap());
                SameAsEtcd.now(sink, etcd, "/mine/");
            }
        }
    }
}
