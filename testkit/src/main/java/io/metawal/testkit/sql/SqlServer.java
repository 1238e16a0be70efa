package io.metawal.testkit.sql;

import io.metawal.testkit.net.FreePorts;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A real database server on a loopback port: one of the test's own, which it may end and start again, or a shared one, of which it
 * only uses databases, users and replication slots of its own, and removes them. What throws does so with the end of what the
 * server printed.
 */
public abstract sealed class SqlServer implements AutoCloseable permits PostgresServer, BinlogServer {
    private static final int STARTS_MAX = 3;

    private final ServerEndpoint endpoint;
    private final @Nullable ServerRun run;
    private volatile boolean kept;

    SqlServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        this.endpoint = endpoint;
        this.run = run;
    }

    /** A port that was free a moment ago may be taken by now, by a program that is not a test: then another one. */
    static <S extends SqlServer> S started(Supplier<S> create) {
        for (int attempt = 1; ; attempt++) {
            S server = create.get();
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

    /** From now on it ends with this JVM, and a test can neither stop nor close it. */
    final void keep() {
        ServerRun running = owned();
        kept = true;
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "close " + host() + ":" + port()));
    }

    abstract String jdbcUrl(ServerEndpoint at);

    /** Its answer is the directory that the server keeps its data in. */
    abstract String dataDirectoryQuery();

    abstract String scheme();

    public final String host() {
        return endpoint.host();
    }

    public final int port() {
        return endpoint.port();
    }

    /** Who may do everything, over TCP and by password. */
    public final String user() {
        return endpoint.user();
    }

    public final String password() {
        return endpoint.password();
    }

    /** {@code postgres://} or {@code mysql://}, of the administrator's database, with name and password. */
    public final String url() {
        return url(endpoint.database());
    }

    /** As {@link #url()}, of another database. */
    public final String url(String database) {
        return url(database, endpoint.user(), endpoint.password());
    }

    public final String url(String database, String user, String password) {
        return scheme() + "://" + user + ":" + password + "@" + host() + ":" + port() + "/" + database;
    }

    /** For {@link java.sql.DriverManager}, of the administrator's database, with name and password. */
    public final String jdbcUrl() {
        return jdbcUrl(endpoint.database());
    }

    public final String jdbcUrl(String database) {
        return jdbcUrl(database, endpoint.user(), endpoint.password());
    }

    public final String jdbcUrl(String database, String user, String password) {
        return jdbcUrl(new ServerEndpoint(host(), port(), user, password, database));
    }

    /** A connection of the administrator to the administrator's database; the caller closes it. */
    public final Connection admin() {
        return connect(endpoint.database());
    }

    public final Connection connect(String database) {
        return JdbcAccess.open(jdbcUrl(database), this::log);
    }

    /** Runs statements one by one as the administrator, each committed by itself. */
    public final void execute(String database, String... statements) {
        JdbcAccess.execute(jdbcUrl(database), this::log, statements);
    }

    /** Makes an empty database. */
    public final void createDatabase(String name) {
        execute(endpoint.database(), "CREATE DATABASE " + name);
    }

    /** A name that no other test and no other run uses, for a database or a user of a shared server. */
    public static String fresh(String prefix) {
        return prefix + "_" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), Character.MAX_RADIX);
    }

    /** Removes a database, with the connections to it where the server can. */
    public abstract void dropDatabase(String name);

    /** A user who may log in with a password, and nothing else; of a shared server, it has a name of its own. */
    public abstract void createUser(String name, String password);

    public final void dropUser(String name) {
        execute(endpoint.database(), "DROP USER " + name);
    }

    /** Whether other tests use it too, so that a test leaves nothing in it. */
    public final boolean isShared() {
        return run == null || kept;
    }

    /** Ends the server as kill -9 does, with all its processes. */
    public final void kill() {
        owned().kill();
    }

    /** Ends the server in order, without waiting for its clients. */
    public final void stop() {
        owned().stop();
    }

    /** Starts the ended server again, on the same port and data, and returns once it answers. */
    public final void restart() {
        begin();
        JdbcAccess.await(jdbcUrl(), owned(), dataDirectoryQuery());
    }

    /** As {@link #restart}, without waiting for it to answer. */
    public final void begin() {
        owned().begin();
    }

    /** The server's process; empty while it is ended, or where it is not one of this machine. */
    public final Optional<Process> process() {
        return run == null ? Optional.empty() : run.process();
    }

    /** Where a server of this fixture keeps its data; it may be copied or changed while the server is stopped. */
    public final Path dataDirectory() {
        return owned().data()
                .orElseThrow(
                        () -> new IllegalStateException("the server's data are in a container, not on this machine"));
    }

    /** The end of what the server printed; empty where it is not this test's own. */
    public final String log() {
        return run == null ? "" : run.tail();
    }

    final ServerEndpoint endpoint() {
        return endpoint;
    }

    private ServerRun owned() {
        if (run == null || isShared()) {
            throw new IllegalStateException(
                    "the server " + host() + ":" + port() + " is shared: not this test's to stop");
        }
        return run;
    }

    /** Ends and removes the server, where it is its own; leaves a shared one alone. */
    @Override
    public final void close() {
        if (run != null && !isShared()) {
            run.close();
        }
    }
}
