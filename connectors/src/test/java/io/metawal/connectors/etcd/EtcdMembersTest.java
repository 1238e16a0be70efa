package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.rpc.EtcdVersion;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A cluster whose members change under a capture. */
@Tag("server")
class EtcdMembersTest {
    private static final String TOKEN = "members-test";

    @ParameterizedTest
    @MethodSource("io.metawal.testkit.servers.ServerCatalog#etcdVersions")
    void aMemberThatIsReplacedIsNoGap(ServerEntry version) throws InterruptedException, IOException {
        FoldingSink sink = new FoldingSink();
        try (EtcdServer first = JoinedMember.first(version, TOKEN)) {
            String firstId = JoinedMember.member(first).get(0);
            try (EtcdServer second = JoinedMember.join(first, version, TOKEN)) {
                EtcdOptions both = EtcdOptions.parse("etcd://" + first.endpoint() + "," + second.endpoint())
                        .withObserveMillis(50);
                try (EtcdDriver etcd = new EtcdDriver(EtcdOptions.parse(second.url()))) {
                    Capture.during(both, sink, capture -> {
                        sink.awaitEpoch(etcd.put("/a", "1"));
                        sink.awaitEpoch(etcd.put("/a", "2"));
                        second.ctl("member", "remove", firstId);
                        sink.awaitEpoch(etcd.put("/a", "3"));
                        capture.awaitObserved(sink);
                    });
                    assertThat(sink.commits())
                            .noneMatch(commit -> commit.header().afterGap());
                    SameAsEtcd.atEveryCommit(sink, etcd, "", 1);
                }
            }
        }
    }

    @Test
    void versionsAreComparedByNumber() {
        assertThat(EtcdVersion.parse("3.10.0").ordersProgress()).isTrue();
        assertThat(EtcdVersion.parse("3.4.9").ordersProgress()).isFalse();
        assertThat(EtcdVersion.parse("3.6.0-rc.1")).isEqualTo(new EtcdVersion(3, 6, 0));
        assertThat(EtcdVersion.parse("4.0.0").catchesUpCompletely()).isTrue();
        assertThat(EtcdVersion.parse("3.5.17").catchesUpCompletely()).isFalse();
        assertThat(EtcdVersion.parse("3.5.18").catchesUpCompletely()).isTrue();
        assertThat(EtcdVersion.parse("none")).isEqualTo(EtcdVersion.UNKNOWN);
        assertThat(EtcdVersion.UNKNOWN.ordersProgress()).isFalse();
        assertThat(EtcdVersion.UNKNOWN).hasToString("an unknown version");
    }
}
