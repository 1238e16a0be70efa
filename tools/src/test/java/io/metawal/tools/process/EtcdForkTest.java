package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An etcd is restored into another one, which is captured in its turn: a timeline of its own, while the first goes on being
 * captured on the first; a third one behind the same repository is refused.
 */
@Tag("server")
@Tag("process")
class EtcdForkTest {
    private static final int KEYS = 50;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void aRestoredEtcdGoesOnAsATimelineOfItsOwn() throws Exception {
        String repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo)).isZero();
        try (EtcdServer first = EtcdServer.start();
                EtcdServer second = EtcdServer.start();
                EtcdServer stranger = EtcdServer.start();
                EtcdPeer one = new EtcdPeer(first.endpoint());
                EtcdPeer two = new EtcdPeer(second.endpoint())) {
            fill(one, "before");
            long good = one.revision();
            captured(repo, first, 1, () -> {});
            captured(repo, first, 1, () -> fill(one, "mistake"));
            assertThat(metawal("restore", "--repo", repo, "--to", "epoch:" + good, "--into", second.url()))
                    .isZero();
            assertThat(metawal("restore", "--repo", repo, "--to", "epoch:" + good, "--into", second.url()))
                    .as("not empty any more")
                    .isEqualTo(15);
            captured(repo, second, 2, () -> fill(two, "after the restore"));
            captured(repo, first, 1, () -> fill(one, "the old one lives on"));
            assertThat(latest(repo, 1)).isEqualTo(one.at(one.revision()));
            assertThat(latest(repo, 2)).isEqualTo(two.at(two.revision()));
            assertThat(metawal("restore", "--repo", repo, "--to", "1@epoch:" + good, "--plan"))
                    .isZero();
            try (MetawalProcess daemon = daemon(repo, stranger)) {
                assertThat(daemon.exitCode()).as(daemon.output()).isEqualTo(19);
            }
            assertThat(metawal("verify", "--repo", repo, "--level", "replay")).isZero();
        }
    }

    @Test
    void aSecondRestoreIntoTheSameEmptiedEtcdBeginsATimelineOfItsOwn() throws Exception {
        try (Captured captured = new Captured(directory);
                EtcdServer target = EtcdServer.start();
                EtcdPeer other = new EtcdPeer(target.endpoint())) {
            captured.put("a", "1");
            captured.capture();
            captured.put("b", "1");
            captured.capture();
            assertThat(captured.command("restore", "--to", "latest", "--into", target.url())
                            .printed())
                    .contains("timeline 2 begins here");
            target.ctl("del", "", "--from-key");
            assertThat(captured.command("restore", "--to", "latest~1", "--into", target.url())
                            .printed())
                    .contains("timeline 3 begins here");
            String timelines = captured.command("timeline", "list").printed();
            assertThat(timelines)
                    .containsPattern("2, forked from 1 after seq \\d+, abandoned")
                    .containsPattern("restore to .*seq:\\d+.* \\(latest\\) into");
            Captured.put(other, "c", "1");
            captured.capture(target, other);
            assertThat(captured.command("log", "3@latest~1..3@latest").printed())
                    .as("what the first restore brought was never in this service's history")
                    .doesNotContain("delete kv/b");
        }
    }

    private static void fill(EtcdPeer etcd, String value) {
        try {
            for (int n = 0; n < KEYS; n++) {
                etcd.put(text("key-" + n), text(value), 0).get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Runs a daemon on this etcd while something happens, until it has all of it. */
    private void captured(String repo, EtcdServer server, int timeline, Runnable work) throws Exception {
        try (MetawalProcess daemon = daemon(repo, server);
                EtcdPeer peer = new EtcdPeer(server.endpoint())) {
            work.run();
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!latest(repo, timeline).equals(peer.at(peer.revision()))) {
                assertThat(daemon.alive()).as(daemon.output()).isTrue();
                assertThat(System.nanoTime()).as(daemon.output()).isLessThan(deadline);
                LockSupport.parkNanos(200_000_000L);
            }
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
        }
    }

    /** What the newest commit of a timeline restores to; nothing before there is one. */
    private List<Entry> latest(String repo, int timeline) throws IOException {
        Path file = directory.resolve("latest-" + System.nanoTime() + ".ndjson");
        int exit = metawal("restore", "--repo", repo, "--to", timeline + "@latest", "--into", "ndjson:" + file);
        return exit == 0 ? EtcdOracleTest.read(file) : List.of();
    }

    private MetawalProcess daemon(String repo, EtcdServer server) throws IOException {
        return MetawalProcess.start(
                directory.resolve("daemon-" + System.nanoTime() + ".log"),
                "run",
                "--repo",
                repo,
                "--source",
                server.url(),
                "--http",
                "none");
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
