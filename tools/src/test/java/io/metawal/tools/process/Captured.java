package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.tools.cli.MetawalCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A repository, an etcd that is captured into it, and an operator's commands on both. */
final class Captured implements AutoCloseable {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Path directory;
    private final String repo;
    private EtcdPeer peer;
    private final EtcdServer server;
    private int files;

    Captured(Path directory) {
        this.directory = directory;
        this.repo = directory.resolve("repo").toString();
        this.server = EtcdServer.start();
        this.peer = new EtcdPeer(server.endpoint());
        assertThat(command("init").exit()).isZero();
    }

    /** What a command ended with, and printed. */
    record Done(int exit, String printed) {}

    EtcdServer server() {
        return server;
    }

    EtcdPeer etcd() {
        return peer;
    }

    Path repository() {
        return Path.of(repo);
    }

    /** As when the server has been another process meanwhile. */
    void reconnect() {
        peer.close();
        peer = new EtcdPeer(server.endpoint());
    }

    void put(String key, String value) {
        put(peer, key, value);
    }

    static void put(EtcdPeer peer, String key, String value) {
        try {
            peer.put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value), 0)
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs the daemon until it has all of this etcd, and stops it. */
    void capture(String... more) throws Exception {
        capture(server, peer, more);
    }

    void capture(EtcdServer of, EtcdPeer peerOf, String... more) throws Exception {
        try (MetawalProcess daemon = daemon(of, more)) {
            caughtUp(daemon, of, peerOf);
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
        }
    }

    /** Waits until what is restored is what this etcd has. */
    void caughtUp(MetawalProcess daemon, EtcdServer of, EtcdPeer peerOf) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!daemon.output().contains("capturing") || !restored("latest").equals(peerOf.at(peerOf.revision()))) {
            assertThat(daemon.alive())
                    .as(of.endpoint() + ": " + daemon.output())
                    .isTrue();
            assertThat(System.nanoTime()).as(daemon.output()).isLessThan(deadline);
            LockSupport.parkNanos(100_000_000L);
        }
    }

    MetawalProcess daemon(String... more) throws IOException {
        return daemon(server, more);
    }

    MetawalProcess daemon(EtcdServer of, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--repo", repo, "--http", "none", "--source", of.url()));
        words.addAll(List.of(more));
        return MetawalProcess.start(directory.resolve("daemon-" + files++ + ".log"), words.toArray(String[]::new));
    }

    /** Entries of a point; none where it is refused. */
    List<Entry> restored(String ref) throws IOException {
        Path file = directory.resolve("restored-" + files++ + ".ndjson");
        Done done = command("restore", "--to", ref, "--into", "ndjson:" + file, "--progress=none");
        return done.exit() == 0 ? EtcdOracleTest.read(file) : List.of();
    }

    Done command(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of(verb));
        all.addAll(List.of(words));
        all.addAll(List.of("--repo", repo));
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            int exit = MetawalCommand.run(all.toArray(String[]::new), out, out);
            return new Done(exit, shown.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    Done append(String lines) throws IOException {
        Path file = directory.resolve("lines-" + files++ + ".ndjson");
        java.nio.file.Files.writeString(file, lines);
        return command("append", file.toString());
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
    }

    @Override
    public void close() {
        peer.close();
        server.close();
    }
}
