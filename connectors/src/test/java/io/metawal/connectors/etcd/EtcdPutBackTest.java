package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.net.TcpProxy;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An etcd that is replaced by one with another history and the same cluster id, and is past the captured revision before the
 * capture sees it again.
 */
@Tag("server")
class EtcdPutBackTest {
    private final FoldingSink sink = new FoldingSink();

    @TempDir
    private Path directory;

    /** What happens to etcd while it is down. */
    enum Replaced {
        FROM_A_SNAPSHOT,
        BY_AN_EMPTY_ONE
    }

    static Stream<Arguments> cases() {
        return versions().stream()
                .flatMap(version -> Stream.of(Replaced.values()).map(how -> Arguments.of(version, how)));
    }

    static List<ServerEntry> versions() {
        return ServerCatalog.etcdVersions();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void underALivingCaptureItIsAGapAndABase(ServerEntry version, Replaced how) throws InterruptedException {
        try (EtcdServer server = EtcdServer.start(version);
                TcpProxy proxy = new TcpProxy(server.port())) {
            EtcdOptions options =
                    EtcdOptions.parse("etcd://" + proxy.endpoint()).withObserveMillis(100);
            try (EtcdDriver etcd = new EtcdDriver(EtcdOptions.parse(server.url()))) {
                putEach(etcd, "/before/", 10);
                server.saveSnapshot(directory.resolve("snapshot"));
                Capture.during(options, sink, capture -> {
                    sink.awaitEpoch(putEach(etcd, "/lost/", 20));
                    replace(server, etcd, proxy, how);
                    sink.awaitEpoch(etcd.revision());
                    sink.awaitEpoch(etcd.put("/last", "1"));
                });
                Commit base = onlyBaseAfter(31);
                assertThat(base.body().gapReason())
                        .contains("another history than the one that was captured up to revision 31");
                SameAsEtcd.now(sink, etcd, "");
            }
        }
    }

    /** 40 quick puts before anybody looks; the capture was cut off as by a network. */
    private void replace(EtcdServer server, EtcdDriver etcd, TcpProxy proxy, Replaced how) throws InterruptedException {
        proxy.hold();
        server.kill();
        if (how == Replaced.FROM_A_SNAPSHOT) {
            server.putBack(directory.resolve("snapshot"));
        } else {
            server.loseData();
        }
        server.restart();
        putEach(etcd, "/instead/", 40);
        proxy.cut();
        proxy.release();
    }

    private Commit onlyBaseAfter(long revision) {
        List<Commit> bases = sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.BASE)
                .toList();
        assertThat(bases).hasSize(2);
        assertThat(bases.get(1).header().afterGap()).isTrue();
        assertThat(bases.get(1).epoch()).isGreaterThan(revision);
        return bases.get(1);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void underAStoppedCaptureItIsForTheOperator(ServerEntry version) throws InterruptedException {
        try (EtcdServer server = EtcdServer.start(version)) {
            EtcdOptions options = EtcdOptions.parse(server.url()).withObserveMillis(100);
            try (EtcdDriver etcd = new EtcdDriver(options)) {
                putEach(etcd, "/before/", 10);
                server.saveSnapshot(directory.resolve("snapshot"));
                Capture.during(options, sink, capture -> sink.awaitEpoch(putEach(etcd, "/lost/", 20)));
                server.stop();
                server.putBack(directory.resolve("snapshot"));
                server.restart();
                Capture.during(options, sink, capture -> assertForTheOperator(capture, "went back: "));
                putEach(etcd, "/instead/", 40);
                Capture.during(options, sink, capture -> assertForTheOperator(capture, "differs from the log in "));
            }
        }
    }

    private static void assertForTheOperator(Capture capture, String why) throws InterruptedException {
        assertThat(capture.failure())
                .hasMessageContaining(why)
                .hasMessageContaining("metawal timeline create --repo URL --source etcd://")
                .extracting(e -> ((MetawalException) e).code())
                .isEqualTo(ExitCode.SOURCE_CHANGED);
    }

    /** A backup that lost nothing, but counts on from far ahead. */
    @ParameterizedTest
    @MethodSource("versions")
    void aRevisionThatWasBumpedIsAGap(ServerEntry version) throws InterruptedException {
        try (EtcdServer server = EtcdServer.start(version)) {
            EtcdOptions options = EtcdOptions.parse(server.url()).withObserveMillis(50);
            try (EtcdDriver etcd = new EtcdDriver(options)) {
                Capture.during(options, sink, capture -> {
                    sink.awaitEpoch(putEach(etcd, "/before/", 10));
                    server.saveSnapshot(directory.resolve("snapshot"));
                    server.kill();
                    server.putBack(directory.resolve("snapshot"), bump(server));
                    server.restart();
                    sink.awaitEpoch(etcd.put("/after", "1"));
                    sink.awaitEpoch(etcd.put("/after", "2"));
                });
                List<Commit> bumped = sink.commits().stream()
                        .filter(c -> c.epoch() > 1_000_000)
                        .toList();
                if (bump(server).length > 0) {
                    assertThat(bumped.get(0).header().afterGap()).isTrue();
                } else {
                    assertThat(sink.commits()).noneMatch(c -> c.header().afterGap());
                }
                SameAsEtcd.now(sink, etcd, "");
            }
        }
    }

    /** etcd 3.4's tool cannot; there the test shows that nothing is found where nothing happened. */
    private static String[] bump(EtcdServer server) {
        return server.version().startsWith("3.4")
                ? new String[0]
                : new String[] {"--bump-revision", "1000000", "--mark-compacted"};
    }

    /** Returns the revision of the last. */
    private static long putEach(EtcdDriver etcd, String prefix, int count) throws InterruptedException {
        long revision = 0;
        for (int i = 0; i < count; i++) {
            revision = etcd.put(prefix + i, "v" + i);
        }
        return revision;
    }
}
