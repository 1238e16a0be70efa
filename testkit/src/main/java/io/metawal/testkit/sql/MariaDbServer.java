package io.metawal.testkit.sql;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real MariaDB. */
public final class MariaDbServer extends BinlogServer {
    /** Names a server for tests, as {@code mysql://USER:PASSWORD@HOST:PORT/DATABASE}, of a user who may create databases. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_MARIADB";

    private static final String IMAGE = "mariadb:10.11.15";

    private MariaDbServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /** The server of {@code METAWAL_TEST_MARIADB}, else one of its own: for a test that only uses databases of its own. */
    public static MariaDbServer shared() {
        return ServerEndpoint.given(ENDPOINT_VARIABLE)
                .map(endpoint -> new MariaDbServer(endpoint, null))
                .orElseGet(MariaDbServer::start);
    }

    /** Starts an empty server; {@code configuration} are options of {@code mariadbd}, as {@code max-connections=10}. */
    public static MariaDbServer start(String... configuration) {
        return started(() -> create(List.of(configuration)));
    }

    private static MariaDbServer create(List<String> configuration) {
        ServerEndpoint endpoint = ServerEndpoint.own(MAINTENANCE);
        Optional<Path> server = SqlPrograms.find("mariadbd");
        Optional<Path> install = SqlPrograms.find("mariadb-install-db");
        if (server.isPresent() && install.isPresent()) {
            return new MariaDbServer(
                    endpoint,
                    asProcess(
                            server.get(),
                            data -> install(install.get(), data),
                            "metawal-mariadb-",
                            endpoint.port(),
                            List.of(),
                            configuration));
        }
        if (ContainerRun.available()) {
            return new MariaDbServer(endpoint, inContainer(endpoint.port(), configuration));
        }
        throw new IllegalStateException(
                "no MariaDB for tests: there is no \"mariadbd\" with \"mariadb-install-db\" on the PATH, and no"
                        + " Docker engine. Install it, on Debian with apt-get install mariadb-server, or name a running server in "
                        + ENDPOINT_VARIABLE);
    }

    private static void install(Path program, Path data) {
        List<String> line =
                SqlPrograms.line(List.of(program.toString(), "--no-defaults", "--datadir=" + data), "--skip-test-db");
        line.addAll(asUser());
        SqlPrograms.run(line);
    }

    private static ServerRun inContainer(int port, List<String> configuration) {
        Map<String, String> environment = Map.of(
                "MARIADB_RANDOM_ROOT_PASSWORD", "1",
                "MARIADB_USER", ServerEndpoint.ADMIN,
                "MARIADB_PASSWORD", ServerEndpoint.ADMIN_PASSWORD);
        List<String> command = new ArrayList<>(List.of("mariadbd"));
        command.addAll(settings(port, configuration));
        return new ContainerRun(IMAGE, PORT_INSIDE, port, environment, command);
    }
}
