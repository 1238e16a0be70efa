package io.metawal.testkit.etcd;

import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.net.SharedServers;
import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerDirectory;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.testkit.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member on free loopback ports and a temporary directory. It can be stopped, killed with -9, and
 * started again on the same ports and data. Only processes that this class started are ever ended.
 *
 * <p>{@link #shared} takes the etcd that the environment names, if it names one, else one of this JVM: a test that uses it keeps to
 * a prefix of its own and kills nothing. Every other test starts its own.
 */
public final class EtcdServer implements AutoCloseable {
    private static final int STARTS_MAX = 3;
    private static final SharedServers<EtcdServer> SHARED = new SharedServers<>();

    private final String endpoint;
    private final EtcdProgram programs;
    private final @Nullable Run run;
    private volatile boolean kept;

    private EtcdServer(EtcdProgram programs, String endpoint, @Nullable Run run) {
        this.programs = programs;
        this.endpoint = endpoint;
        this.run = run;
    }

    /** A server of this fixture. */
    private record Run(ServerDirectory directory, List<String> command, ServerProcess process, int healthPort) {}

    /** The etcd of {@code METAWAL_TEST_ETCD}, else one that lives as long as this JVM. Closing it does nothing. */
    public static EtcdServer shared() {
        FoundServer found = ServerCatalog.ETCD.useShared();
        return SHARED.get(
                List.of(),
                () -> ServerCatalog.ETCD
                        .running()
                        .map(given -> new EtcdServer(new EtcdProgram(found), given, null))
                        .orElseGet(EtcdServer::startKept));
    }

    private static EtcdServer startKept() {
        EtcdServer server = start();
        server.kept = true;
        Runtime.getRuntime().addShutdownHook(new Thread(server::remove, "close " + server.endpoint));
        return server;
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
            EtcdServer server = create(programs, scheme, ports(), extraArguments);
            try {
                server.restart();
                return server;
            } catch (IllegalStateException e) {
                server.close();
                if (attempt == STARTS_MAX || FreePorts.isFree(server.port())) {
                    throw e;
                }
            }
        }
    }

    private static int[] ports() {
        try {
            return FreePorts.find(3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param ports for clients, for peers and for metrics */
    static EtcdServer create(EtcdProgram programs, String scheme, int[] ports, List<String> extraArguments) {
        String program = programs.path("etcd").toString();
        ServerDirectory directory = ServerDirectory.create("metawal-etcd-");
        String client = scheme + "://127.0.0.1:" + ports[0];
        String peer = "http://127.0.0.1:" + ports[1];
        List<String> command = new ArrayList<>(List.of(program, "--name", "test"));
        command.addAll(List.of("--data-dir", directory.data().toString()));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", "test=" + peer));
        // Without a token of its own, two servers on the same ports would have the same cluster id.
        command.addAll(List.of(
                "--initial-cluster-token", directory.path().getFileName().toString()));
        command.addAll(List.of("--listen-metrics-urls", "http://127.0.0.1:" + ports[2]));
        command.addAll(List.of("--heartbeat-interval", "20", "--election-timeout", "200"));
        command.addAll(List.of("--logger", "zap", "--log-level", "warn"));
        command.addAll(extraArguments);
        ServerProcess process = ServerProcess.logging(command, directory.log());
        return new EtcdServer(programs, "127.0.0.1:" + ports[0], new Run(directory, command, process, ports[2]));
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
        return owned().directory().data();
    }

    /** Ends the server with kill -9. */
    public void kill() {
        owned().process().kill();
    }

    /** Ends the server with SIGTERM. */
    public void stop() {
        owned().process().stop("TERM");
    }

    /** Starts the ended server again, on the same ports and data, and returns once it answers. */
    public void restart() {
        Run own = owned();
        var unused = own.process().begin();
        EtcdHealth.await(own.healthPort(), port(), own.process());
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
        new ServerDirectory(dataDirectory()).delete();
    }

    /**
     * Replaces the ended server's data by a snapshot's, with etcd's own tool: it starts again as a cluster of the same id.
     *
     * @param options further options of {@code snapshot restore}, such as {@code --bump-revision}
     */
    public void putBack(Path snapshot, String... options) {
        loseData();
        programs.restore(snapshot, owned().command(), List.of(options));
    }

    private Run owned() {
        if (run == null || kept) {
            throw new IllegalStateException("the etcd " + endpoint + " is shared: not this test's to stop or change");
        }
        return run;
    }

    @Override
    public void close() {
        if (!kept) {
            remove();
        }
    }

    private void remove() {
        if (run != null) {
            run.process().kill();
            run.directory().delete();
        }
    }
}
