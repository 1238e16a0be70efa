package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerDirectory;
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
    private static final SharedSqlServers<PostgresServer> SHARED = new SharedSqlServers<>(ServerCatalog.POSTGRES);
    private static final String MAINTENANCE = "postgres";
    private static final int PORT_INSIDE = 5432;
    // nobody: PostgreSQL refuses to run as root.
    private static final int OTHER_USER = 65534;

    private PostgresServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /**
     * The server of {@code METAWAL_TEST_POSTGRES} where nothing is to be configured, else one of this JVM for each configuration: for a
     * test that only uses databases of its own.
     */
    public static PostgresServer shared(String... configuration) {
        return SHARED.get(List.of(configuration), at -> new PostgresServer(at, null), () -> start(configuration));
    }

    /** Starts an empty server; {@code configuration} are lines of {@code postgresql.conf}, as {@code max_connections=10}. */
    public static PostgresServer start(String... configuration) {
        FoundServer found = ServerCatalog.POSTGRES.use();
        return started(() -> create(found, ServerEndpoint.own(MAINTENANCE), List.of(configuration)));
    }

    static PostgresServer create(FoundServer found, ServerEndpoint endpoint, List<String> configuration) {
        return new PostgresServer(
                endpoint,
                found.origin() == Origin.TESTCONTAINERS
                        ? inContainer(found.where(), endpoint.port(), configuration)
                        : asProcess(PostgresPrograms.directory(found), endpoint.port(), configuration));
    }

    private static ServerRun asProcess(Path bin, int port, List<String> configuration) {
        ServerDirectory directory = ServerDirectory.create("metawal-postgres-data-");
        try {
            Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Path data = directory.data();
            EmptyData.copy(bin.resolve("postgres"), empty -> initialize(bin, empty), data);
            PostgresIdentity.renew(data);
            List<String> command =
                    SqlPrograms.line(asUser(), bin.resolve("postgres").toString(), "-D", data.toString());
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

    private static List<String> asUser() {
        return SqlPrograms.runsAsRoot()
                ? List.of("setpriv", "--reuid=" + OTHER_USER, "--regid=" + OTHER_USER, "--clear-groups")
                : List.of();
    }

    private static void initialize(Path bin, Path data) {
        try {
            Path password = Files.writeString(data.resolveSibling("password"), ServerEndpoint.ADMIN_PASSWORD);
            Files.createDirectory(data);
            if (SqlPrograms.runsAsRoot()) {
                Files.setAttribute(data, "unix:uid", OTHER_USER);
                Files.setAttribute(password, "unix:uid", OTHER_USER);
            }
            List<String> init = SqlPrograms.line(
                    asUser(), bin.resolve("initdb").toString(), "--pgdata", data.toString(), "--no-sync");
            init.addAll(List.of("--username=" + ServerEndpoint.ADMIN, "--pwfile=" + password, "--auth=scram-sha-256"));
            init.addAll(List.of("--encoding=UTF8", "--locale=C"));
            SqlPrograms.run(init);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
    String dataDirectoryQuery() {
        return "SHOW data_directory";
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
