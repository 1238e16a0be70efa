package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators do around a capture (drills, restores into the same service, a service put back from a backup, another prefix,
 * commands beside the daemon): no history is mixed up, and no point gives what was not there.
 */
@Tag("server")
@Tag("process")
class OperatorTest {
    @TempDir
    Path directory;

    private static String line(int n) {
        return "{\"changes\":[{\"space\":\"test\",\"key\":\"k" + n + "\",\"put\":\"v\"}]}\n";
    }

    @Test
    void aDrillIntoAScratchServiceDoesNotDivertWhatIsAppended() throws Exception {
        try (Captured captured = new Captured(directory);
                EtcdServer scratch = EtcdServer.start()) {
            String kv = "{\"changes\":[{\"space\":\"kv\",\"key\":\"a\",\"put\":\"1\"}]}\n";
            assertThat(captured.append(kv + kv + kv).exit()).isZero();
            Captured.Done drill = captured.command("restore", "--to", "seq:2", "--into", scratch.url());
            assertThat(drill.printed()).contains("timeline 2 begins here");
            assertThat(captured.append(kv).printed()).contains("\"seq\":4");
            assertThat(captured.command("restore", "--to", "latest", "--plan").printed())
                    .contains("seq 4")
                    .contains("on timeline 1");
        }
    }

    @Test
    void aRestoreIntoAPrefixOfWhatIsCapturedIsAChangeLikeAnyOther() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("a/1", "one");
            captured.capture();
            String good = "epoch:" + captured.etcd().revision();
            captured.server().ctl("del", "a/1");
            captured.capture();
            Captured.Done done = captured.command(
                    "restore", "--to", good, "--into", captured.server().url(), "--prefix", "a/");
            assertThat(done.exit()).as(done.printed()).isZero();
            assertThat(done.printed()).doesNotContain("begins here");
            captured.capture();
            assertThat(captured.restored("latest"))
                    .isEqualTo(captured.etcd().at(captured.etcd().revision()));
            assertThat(captured.command("info").printed()).doesNotContain("timeline 2");
        }
    }

    @Test
    void aServiceThatBeginsOnAForkHasAClockOfItsOwn() throws Exception {
        try (Captured captured = new Captured(directory);
                EtcdServer fresh = EtcdServer.start();
                EtcdPeer peer = new EtcdPeer(fresh.endpoint())) {
            for (int n = 0; n < 30; n++) {
                captured.put("k" + n % 3, "v" + n);
            }
            captured.capture();
            List<Entry> old = captured.restored("latest");
            String parent = "1@epoch:" + captured.etcd().revision();
            assertThat(captured.command("restore", "--to", "latest", "--into", fresh.url())
                            .exit())
                    .isZero();
            long first = peer.revision();
            assertThat(first).isLessThan(30);
            captured.capture(fresh, peer, "--self-check-every", "PT0.2S");
            Captured.put(peer, "k0", "after");
            Captured.put(peer, "k9", "after");
            captured.capture(fresh, peer);
            for (long revision = first; revision <= peer.revision(); revision++) {
                assertThat(captured.restored("epoch:" + revision))
                        .as("revision %d of the new one", revision)
                        .isEqualTo(peer.at(revision));
            }
            assertThat(captured.restored(parent)).isEqualTo(old);
            Captured.Done before = captured.command("restore", "--to", "epoch:1", "--plan");
            assertThat(before.exit()).isEqualTo(3);
            assertThat(before.printed()).contains("1@epoch:1");
            assertThat(captured.command("restore", "--to", "epoch:25", "--plan").exit())
                    .isEqualTo(3);
            assertThat(captured.command("verify", "--level", "replay").exit()).isZero();
        }
    }

    @Test
    void aServicePutBackFromABackupAndGrownPastUsIsNoticed() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("p/1", "v");
            captured.server().stop();
            Path data = captured.server().dataDirectory();
            Path backup = directory.resolve("backup");
            copy(data, backup);
            captured.server().restart();
            captured.reconnect();
            captured.put("q/1", "v");
            captured.put("q/2", "v");
            captured.capture();
            captured.server().stop();
            remove(data);
            copy(backup, data);
            captured.server().restart();
            captured.reconnect();
            for (int n = 0; n < 5; n++) {
                captured.put("r/" + n, "v");
            }
            try (MetawalProcess daemon = captured.daemon()) {
                assertThat(daemon.exitCode()).as(daemon.output()).isEqualTo(19);
                assertThat(daemon.output()).contains("is not what was captured").contains("restored from a backup");
            }
        }
    }

    @Test
    void anotherPrefixThanBeforeIsRefused() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("a/1", "v");
            captured.put("b/1", "v");
            try (MetawalProcess daemon = captured.daemon("--source-prefix", "a/")) {
                while (captured.restored("latest").isEmpty()) {
                    assertThat(daemon.alive()).as(daemon.output()).isTrue();
                    LockSupport.parkNanos(100_000_000L);
                }
                assertThat(daemon.terminate()).isZero();
            }
            try (MetawalProcess daemon = captured.daemon()) {
                assertThat(daemon.exitCode()).as(daemon.output()).isEqualTo(19);
                assertThat(daemon.output()).contains("b/1 is in etcd, not in the image");
            }
        }
    }

    @Test
    void commandsBesideACaptureAddNothingToItsHistoryAndClaimNothing() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("a", "1");
            captured.capture();
            Captured.Done append = captured.append(line(1));
            assertThat(append.exit()).as(append.printed()).isEqualTo(19);
            assertThat(append.printed()).contains("which is captured");

            captured.put("a", "2");
            LockSupport.parkNanos(10_000_000L);
            String during = "time:" + Captured.now();
            LockSupport.parkNanos(10_000_000L);
            assertThat(captured.command("snapshot", "create").exit()).isZero();
            assertThat(captured.command("restore", "--to", during, "--plan").exit())
                    .as("what the source was like then is not known")
                    .isEqualTo(3);
            captured.put("a", "3");
            captured.capture();
            Captured.Done outage = captured.command("restore", "--to", during, "--plan");
            assertThat(outage.exit()).as(outage.printed()).isEqualTo(3);
            assertThat(outage.printed()).contains("nothing was captured").contains("the nearest points are");
        }
    }

    @Test
    void aCommandFromElsewhereDoesNotPushTheDaemonAside() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("a", "1");
            try (MetawalProcess daemon = captured.daemon("--heartbeat", "PT0.5S")) {
                captured.caughtUp(daemon, captured.server(), captured.etcd());
                Captured.Done done = captured.command(
                        "snapshot",
                        "create",
                        "--wal",
                        directory.resolve("other").toString());
                assertThat(done.exit()).as(done.printed()).isEqualTo(10);
                assertThat(done.printed()).contains("--take-over");
                captured.put("a", "2");
                captured.caughtUp(daemon, captured.server(), captured.etcd());
                assertThat(daemon.terminate()).isZero();
            }
        }
    }

    @Test
    void aRestoreThatFailsLeavesNothingAtTheTarget() throws Exception {
        try (Captured captured = new Captured(directory);
                EtcdServer target = EtcdServer.start()) {
            captured.put("a", "1");
            captured.capture();
            captured.put("a", "2");
            captured.capture();
            List<Path> segments;
            try (Stream<Path> files = Files.walk(captured.repository().resolve("segments"))) {
                segments = files.filter(Files::isRegularFile).sorted().toList();
            }
            flip(segments.get(segments.size() - 1));
            Captured.Done failed = captured.command("restore", "--to", "latest", "--into", target.url());
            assertThat(failed.exit()).as(failed.printed()).isIn(5, 6);
            assertThat(target.ctl("get", "", "--from-key", "--keys-only")).isBlank();
            assertThat(captured.command("restore", "--to", "seq:1", "--into", target.url())
                            .exit())
                    .as("a sound point beside the damage")
                    .isZero();
        }
    }

    private static void flip(Path file) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            long at = raw.length() / 2;
            raw.seek(at);
            int value = raw.read();
            raw.seek(at);
            raw.write(value ^ 1);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
