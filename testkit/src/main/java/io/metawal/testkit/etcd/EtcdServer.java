package io.metawal.testkit.etcd;

import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.net.SharedServers;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.testkit.servers.ServerUses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member on free loopback ports and a temporary directory. It can be stopped, killed with -9, and
 * started again on the same ports and data. Only processes that this class started are ever ended.
 *
 * <p>{@link #shared} takes the etcd that the environment names, if it names one, else one of this JVM: a test that uses it keeps to
 * a prefix of its own and kills nothing. Every other test starts its own.
 */
public final class EtcdServer implements AutoCloseable {
    /** Names an etcd for tests, as {@code HOST:PORT}. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_ETCD";

    private static final int STARTS_MAX = 3;
    private static final SharedServers<EtcdServer> SHARED = new SharedServers<>();

    private final String endpoint;
    private final @Nullable Path directory;
    private final EtcdProgram programs;
    private final List<String> command;
    private final int healthPort;
    private volatile boolean kept;
    private @Nullable Process process;

    private EtcdServer(
            EtcdProgram programs, String endpoint, @Nullable Path directory, List<String> command, int healthPort) {
        this.programs = programs;
        this.endpoint = endpoint;
        this.directory = directory;
        this.command = command;
        this.healthPort = healthPort;
    }

    /** The etcd of {@code METAWAL_TEST_ETCD}, else one that lives as long as this JVM. Closing it does nothing. */
    public static EtcdServer shared() {
        String given = System.getenv(ENDPOINT_VARIABLE);
        if (given != null && !given.isBlank()) {
            ServerUses.ofRunning(ServerCatalog.ETCD, ENDPOINT_VARIABLE);
            return SHARED.get(given, () -> new EtcdServer(EtcdProgram.ofTheMachine(), given, null, List.of(), 0));
        }
        var unused = ServerCatalog.ETCD.use();
        return SHARED.get(List.of(), () -> {
            EtcdServer server = start();
            server.kept = true;
            Runtime.getRuntime().addShutdownHook(new Thread(server::remove, "close " + server.endpoint));
            return server;
        });
    }

    /** Starts an empty etcd; {@code extraArguments} go to the program as they are. */
    public static EtcdServer start(String... extraArguments) {
        return start(ServerCatalog.ETCD, extraArguments);
    }

    /** As {@link #start(String...)}, in a version of {@link ServerCatalog#etcdVersions()}. */
    public static EtcdServer start(ServerEntry version, String... extraArguments) {
        return start(version, "http", List.of(extraArguments));
    }

    /** As {@link #start(String...)}, serving clients over TLS; see {@link EtcdCertificates#serverArguments}. */
    public static EtcdServer startTls(List<String> extraArguments) {
        return start(ServerCatalog.ETCD, "https", extraArguments);
    }

    private static EtcdServer start(ServerEntry version, String scheme, List<String> extraArguments) {
        EtcdProgram programs = new EtcdProgram(version.use());
        // A port that was free a moment ago may be taken by now: then another one.
        for (int attempt = 1; ; attempt++) {
            EtcdServer server = create(programs, scheme, extraArguments);
            try {
                server.restart();
                return server;
            } catch (IllegalStateException e) {
                server.close();
                if (attempt == STARTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static EtcdServer create(EtcdProgram programs, String scheme, List<String> extraArguments) {
        try {
            String program = programs.path("etcd").toString();
            Path directory = Files.createTempDirectory("metawal-etcd-");
            int[] ports = FreePorts.find(3);
            String client = scheme + "://127.0.0.1:" + ports[0];
            String peer = "http://127.0.0.1:" + ports[1];
            List<String> command = new ArrayList<>(List.of(program, "--name", "test"));
            command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
            command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
            command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
            command.addAll(List.of("--initial-cluster", "test=" + peer));
            // Without a token of its own, two servers on the same ports would have the same cluster id.
            command.addAll(
                    List.of("--initial-cluster-token", directory.getFileName().toString()));
            command.addAll(List.of("--listen-metrics-urls", "http://127.0.0.1:" + ports[2]));
            command.addAll(List.of("--heartbeat-interval", "20", "--election-timeout", "200"));
            command.addAll(List.of("--logger", "zap", "--log-level", "warn"));
            command.addAll(extraArguments);
            return new EtcdServer(programs, "127.0.0.1:" + ports[0], directory, command, ports[2]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code HOST:PORT} for clients. */
    public String endpoint() {
        return endpoint;
    }

    /** The port of {@link #endpoint}. */
    public int port() {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    /** {@code etcd://HOST:PORT}. */
    public String url() {
        return "etcd://" + endpoint;
    }

    /** The version of the programs that this fixture starts, as {@code 3.5.35}. */
    public String version() {
        return programs.found().version();
    }

    /** Where a server of this fixture keeps its data; it may be copied while the server is stopped. */
    public Path dataDirectory() {
        return owned().resolve("data");
    }

    /** Ends the server with kill -9. */
    public void kill() {
        end(true);
    }

    /** Ends the server with SIGTERM. */
    public void stop() {
        end(false);
    }

    /** Starts the ended server again, on the same ports and data, and returns once it answers. */
    public void restart() {
        Path log = owned().resolve("etcd.log");
        Process started = EtcdProgram.start(command, log);
        process = started;
        EtcdHealth.await(healthPort, started, log);
    }

    /** Runs {@code etcdctl} on this server, without TLS, and returns what it printed. */
    public String ctl(String... arguments) {
        List<String> line = new ArrayList<>(
                List.of(programs.path("etcdctl").toString(), "--endpoints", endpoint, "--command-timeout", "20s"));
        line.addAll(List.of(arguments));
        return EtcdProgram.run(line);
    }

    /** Saves a snapshot of the running server. */
    public void saveSnapshot(Path file) {
        ctl("snapshot", "save", file.toString());
    }

    /** Deletes the data of the ended server: it starts again empty, as a cluster of the same id. */
    public void loseData() {
        delete(dataDirectory());
    }

    /**
     * Replaces the ended server's data by a snapshot's, with etcd's own tool: it starts again as a cluster of the same id.
     *
     * @param options further options of {@code snapshot restore}, such as {@code --bump-revision}
     */
    public void putBack(Path snapshot, String... options) {
        loseData();
        programs.restore(snapshot, command, List.of(options));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(boolean force) {
        owned();
        endProcess(force);
    }

    private void endProcess(boolean force) {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        try {
            if (force) {
                running.destroyForcibly();
            } else {
                running.destroy();
            }
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Path owned() {
        if (directory == null || kept) {
            throw new IllegalStateException("the etcd " + endpoint + " is shared: not this test's to stop or change");
        }
        return directory;
    }

    @Override
    public void close() {
        if (!kept) {
            remove();
        }
    }

    private void remove() {
        if (directory == null) {
            return;
        }
        endProcess(true);
        delete(directory);
    }
}
