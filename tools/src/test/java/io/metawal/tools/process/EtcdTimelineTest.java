package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An etcd is put back by its own tools; what exit code 19 then advises works: a timeline of its own in the same repository. */
@Tag("server")
@Tag("process")
class EtcdTimelineTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    private String repo = "";

    @ParameterizedTest
    @MethodSource("io.metawal.testkit.servers.ServerCatalog#etcdVersions")
    void anEtcdThatWasPutBackGetsATimeline(ServerEntry version) throws Exception {
        repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo)).isZero();
        try (EtcdServer server = EtcdServer.start(version);
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            fill(etcd, "before", 10);
            server.saveSnapshot(directory.resolve("snapshot"));
            captured(server, 1, () -> {});
            captured(server, 1, () -> fill(etcd, "lost", 20));
            List<Entry> old = latest(1);
            server.kill();
            server.putBack(directory.resolve("snapshot"));
            server.restart();
            try (MetawalProcess daemon = daemon(server)) {
                assertThat(daemon.exitCode()).as(daemon.output()).isEqualTo(19);
                assertThat(daemon.output())
                        .contains("went back: ")
                        .contains("metawal timeline create --repo URL --source " + server.url() + " --reason TEXT");
            }
            assertThat(metawal("timeline", "create", "--repo", repo, "--source", server.url()))
                    .as("without a reason")
                    .isEqualTo(2);
            create(server);
            create(server);
            assertThat(metawal("timeline", "show", "--repo", repo, "2")).isZero();
            assertThat(metawal("timeline", "show", "--repo", repo, "3"))
                    .as("the same call again made no other one")
                    .isEqualTo(3);
            captured(server, 2, () -> fill(etcd, "after", 5));
            captured(server, 2, () -> fill(etcd, "after a restart", 5));
            assertThat(latest(1)).as("what was before").isEqualTo(old);
            // The base of timeline 2 is at whichever revision from 11 to 16 the daemon found: what is before it is in
            // no timeline.
            // The second daemon resumes, and has each revision from 17 on.
            for (String point : List.of("2@epoch:16", "2@epoch:18")) {
                assertThat(metawal("restore", "--repo", repo, "--to", point, "--plan"))
                        .as(point)
                        .isZero();
            }
            assertThat(metawal("verify", "--repo", repo, "--level", "replay")).isZero();
        }
    }

    /** Leaves the old history where the snapshot was taken. */
    private void create(EtcdServer server) {
        assertThat(metawal(
                        "timeline",
                        "create",
                        "--repo",
                        repo,
                        "--source",
                        server.url(),
                        "--reason",
                        "put back",
                        "--at",
                        "epoch:11"))
                .isZero();
    }

    private static void fill(EtcdPeer etcd, String value, int keys) {
        try {
            for (int n = 0; n < keys; n++) {
                etcd.put(ByteString.copyFromUtf8(value + n), ByteString.copyFromUtf8(value), 0)
                        .get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a daemon while something happens, until it has all of it. */
    private void captured(EtcdServer server, int timeline, Runnable work) throws Exception {
        try (MetawalProcess daemon = daemon(server);
                EtcdPeer peer = new EtcdPeer(server.endpoint())) {
            work.run();
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!latest(timeline).equals(peer.at(peer.revision()))) {
                assertThat(daemon.alive()).as(daemon.output()).isTrue();
                assertThat(System.nanoTime()).as(daemon.output()).isLessThan(deadline);
                LockSupport.parkNanos(200_000_000L);
            }
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
        }
    }

    private List<Entry> latest(int timeline) throws IOException {
        Path file = directory.resolve("latest-" + System.nanoTime() + ".ndjson");
        int exit = metawal("restore", "--repo", repo, "--to", timeline + "@latest", "--into", "ndjson:" + file);
        return exit == 0 ? EtcdOracleTest.read(file) : List.of();
    }

    private MetawalProcess daemon(EtcdServer server) throws IOException {
        Path log = directory.resolve("daemon-" + System.nanoTime() + ".log");
        return MetawalProcess.start(log, "run", "--repo", repo, "--source", server.url(), "--http", "none");
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
