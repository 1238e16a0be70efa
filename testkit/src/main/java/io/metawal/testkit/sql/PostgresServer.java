package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerDirectory;
import io.metawal.testkit.servers.ServerUses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL with {@code wal_level=logical}. It can be stopped, killed with -9, and started again on the same port and data.
 * Nothing is flushed to the disk, which a killed process does not need; {@code fsync=on} in the configuration changes that.
 */
public final class PostgresServer extends SqlServer {
    /** Names a server for tests, as {@code postgres://USER:PASSWORD@HOST:PORT/DATABASE}, of a user who may create databases. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_POSTGRES";

    private static final String MAINTENANCE = "postgres";
    private static final int PORT_INSIDE = 5432;
    // nobody: PostgreSQL refuses to run as root.
    private static final int OTHER_USER = 65534;

    private PostgresServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /** The server of {@code METAWAL_TEST_POSTGRES}, else one of its own: for a test that only uses databases of its own. */
    public static PostgresServer shared() {
        return ServerEndpoint.given(ENDPOINT_VARIABLE)
                .map(endpoint -> {
                    ServerUses.ofRunning(ServerCatalog.POSTGRES, ENDPOINT_VARIABLE);
                    return new PostgresServer(endpoint, null);
                })
                .orElseGet(PostgresServer::start);
    }

    /** Starts an empty server; {@code configuration} are lines of {@code postgresql.conf}, as {@code max_connections=10}. */
    public static PostgresServer start(String... configuration) {
        FoundServer found = ServerCatalog.POSTGRES.use();
        return started(() -> create(found, List.of(configuration)));
    }

    private static PostgresServer create(FoundServer found, List<String> configuration) {
        ServerEndpoint endpoint = ServerEndpoint.own(MAINTENANCE);
        return new PostgresServer(
                endpoint,
                found.origin() == Origin.TESTCONTAINERS
                        ? inContainer(found.where(), endpoint.port(), configuration)
                        : asProcess(PostgresPrograms.directory(found), endpoint.port(), configuration));
    }

    private static ServerRun asProcess(Path bin, int port, List<String> configuration) {
        ServerDirectory directory = ServerDirectory.create("metawal-postgres-data-");
        try {
            Path password = Files.writeString(directory.path().resolve("password"), ServerEndpoint.ADMIN_PASSWORD);
            List<String> as = new ArrayList<>();
            if (SqlPrograms.runsAsRoot()) {
                Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.setAttribute(directory.path(), "unix:uid", OTHER_USER);
                Files.setAttribute(password, "unix:uid", OTHER_USER);
                as.addAll(List.of("setpriv", "--reuid=" + OTHER_USER, "--regid=" + OTHER_USER, "--clear-groups"));
            }
            String data = directory.data().toString();
            List<String> init = SqlPrograms.line(as, bin.resolve("initdb").toString(), "--pgdata", data, "--no-sync");
            init.addAll(List.of("--username=" + ServerEndpoint.ADMIN, "--pwfile=" + password, "--auth=scram-sha-256"));
            init.addAll(List.of("--encoding=UTF8", "--locale=C"));
            SqlPrograms.run(init);
            List<String> command = SqlPrograms.line(as, bin.resolve("postgres").toString(), "-D", data);
            settings(port, "127.0.0.1", configuration).forEach(line -> command.addAll(List.of("-c", line)));
            // SIGINT is the shutdown that does not wait for clients.
            return new ProcessRun(command, directory, "INT");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalStateException e) {
            directory.delete();
            throw e;
        }
    }

    private static ServerRun inContainer(String image, int port, List<String> configuration) {
        List<String> command = new ArrayList<>(List.of("postgres"));
        settings(PORT_INSIDE, "*", configuration).forEach(line -> command.addAll(List.of("-c", line)));
        Map<String, String> environment = Map.of(
                "POSTGRES_USER", ServerEndpoint.ADMIN,
                "POSTGRES_PASSWORD", ServerEndpoint.ADMIN_PASSWORD,
                "POSTGRES_DB", MAINTENANCE);
        return new ContainerRun(image, PORT_INSIDE, port, environment, command);
    }

    private static List<String> settings(int port, String address, List<String> configuration) {
        List<String> lines = new ArrayList<>(List.of(
                "port=" + port,
                "listen_addresses=" + address,
                "unix_socket_directories=",
                "wal_level=logical",
                "max_replication_slots=32",
                "max_wal_senders=32",
                "shared_buffers=64MB",
                "timezone=UTC",
                "fsync=off",
                "full_page_writes=off"));
        lines.addAll(configuration);
        return lines;
    }

    /** How another server connects to it, as in {@code primary_conninfo}. */
    public String connectInfo(String database) {
        return "host=" + endpoint().host() + " port=" + endpoint().port() + " user="
                + endpoint().user() + " password=" + endpoint().password() + " dbname=" + database;
    }

    @Override
    public void dropDatabase(String name) {
        execute(endpoint().database(), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    @Override
    public void createUser(String name, String password) {
        execute(endpoint().database(), "CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    }

    @Override
    String jdbcUrl(ServerEndpoint at) {
        return "jdbc:postgresql://" + at.host() + ":" + at.port() + "/" + at.database() + "?user=" + at.user()
                + "&password=" + at.password();
    }

    @Override
    String scheme() {
        return "postgres";
    }
}
