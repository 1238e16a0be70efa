package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.testkit.etcd.EtcdServer;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
}
