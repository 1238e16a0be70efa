package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.Programs;
import io.metawal.testkit.servers.ServerCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real MariaDB. */
public final class MariaDbServer extends BinlogServer {
    private static final SharedSqlServers<MariaDbServer> SHARED = new SharedSqlServers<>(ServerCatalog.MARIADB);
    private static final List<String> SMALL = List.of(
            "--innodb-log-file-size=16M",
            "--innodb-flush-method=nosync",
            "--innodb-doublewrite=OFF",
            "--sync-frm=OFF",
            "--debug-no-sync");

    private MariaDbServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /**
     * The server of {@code METAWAL_TEST_MARIADB} where nothing is to be configured, else one of this JVM for each configuration: for a
     * test that only uses databases of its own.
     */
    public static MariaDbServer shared(String... configuration) {
        return SHARED.get(List.of(configuration), at -> new MariaDbServer(at, null), () -> start(configuration));
    }

    /** Starts an empty server; {@code configuration} are options of {@code mariadbd}, as {@code max-connections=10}. */
    public static MariaDbServer start(String... configuration) {
        FoundServer found = ServerCatalog.MARIADB.use();
        return started(() -> create(found, ServerEndpoint.own(MAINTENANCE), List.of(configuration)));
    }

    static MariaDbServer create(FoundServer found, ServerEndpoint endpoint, List<String> configuration) {
        if (found.origin() == Origin.TESTCONTAINERS) {
            return new MariaDbServer(endpoint, inContainer(found.where(), endpoint.port(), configuration));
        }
        Path install = Programs.onPath("mariadb-install-db").orElseThrow();
        Path server = found.programOrFail();
        return new MariaDbServer(
                endpoint,
                asProcess(
                        server,
                        data -> EmptyData.copy(server, empty -> install(install, empty), data),
                        "metawal-mariadb-",
                        endpoint.port(),
                        SMALL,
                        configuration));
    }

    private static void install(Path program, Path data) {
        List<String> line =
                SqlPrograms.line(List.of(program.toString(), "--no-defaults", "--datadir=" + data), "--skip-test-db");
        line.addAll(SMALL);
        line.addAll(asUser());
        SqlPrograms.run(line);
    }

    private static ServerRun inContainer(String image, int port, List<String> configuration) {
        Map<String, String> environment = Map.of(
                "MARIADB_RANDOM_ROOT_PASSWORD", "1",
                "MARIADB_USER", ServerEndpoint.ADMIN,
                "MARIADB_PASSWORD", ServerEndpoint.ADMIN_PASSWORD);
        List<String> command = new ArrayList<>(List.of("mariadbd"));
        command.addAll(settings(port, configuration));
        return new ContainerRun(image, PORT_INSIDE, port, environment, command);
    }
}
