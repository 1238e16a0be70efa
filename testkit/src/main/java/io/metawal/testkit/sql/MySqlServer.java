package io.metawal.testkit.sql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real MySQL, not MariaDB under its name. Transactions have GTIDs where {@code gtid-mode=ON} is asked for. */
public final class MySqlServer extends BinlogServer {
    /** Names a server for tests, as {@code mysql://USER:PASSWORD@HOST:PORT/DATABASE}, of a user who may create databases. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_MYSQL";

    private static final String IMAGE = "mysql:8.0.33";
    private static final List<String> SMALL = List.of(
            "--mysqlx=OFF",
            "--performance-schema=OFF",
            "--innodb-redo-log-capacity=8M",
            "--innodb-use-native-aio=OFF",
            "--log-error-verbosity=2");

    private MySqlServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /** The server of {@code METAWAL_TEST_MYSQL}, else one of its own: for a test that only uses databases of its own. */
    public static MySqlServer shared() {
        return ServerEndpoint.given(ENDPOINT_VARIABLE)
                .map(endpoint -> new MySqlServer(endpoint, null))
                .orElseGet(MySqlServer::start);
    }

    /** Starts an empty server; {@code configuration} are options of {@code mysqld}, as {@code gtid-mode=ON}. */
    public static MySqlServer start(String... configuration) {
        return started(() -> create(List.of(configuration)));
    }

    /** Beside the server's program, the client of the same version; empty where there is none. */
    public static Optional<Path> client() {
        return MysqlPrograms.server()
                .map(server -> server.resolveSibling("mysql"))
                .filter(Files::isExecutable);
    }

    private static MySqlServer create(List<String> configuration) {
        ServerEndpoint endpoint = ServerEndpoint.own(MAINTENANCE);
        Optional<Path> server = MysqlPrograms.server();
        if (server.isPresent()) {
            return new MySqlServer(
                    endpoint,
                    asProcess(
                            server.get(),
                            data -> MysqlPrograms.install(server.get(), data),
                            "metawal-mysql-",
                            endpoint.port(),
                            SMALL,
                            configuration));
        }
        if (ContainerRun.available()) {
            return new MySqlServer(endpoint, inContainer(endpoint.port(), configuration));
        }
        throw new IllegalStateException(
                "no MySQL for tests: there is no \"mysqld\" on the PATH that says it is MySQL (Debian's is MariaDB), none in "
                        + MysqlPrograms.fetched() + ", and no Docker engine. Run bin/test once, which fetches it from Maven"
                        + " Central, or name a running server in " + ENDPOINT_VARIABLE);
    }

    private static ServerRun inContainer(int port, List<String> configuration) {
        Map<String, String> environment = Map.of(
                "MYSQL_RANDOM_ROOT_PASSWORD", "1",
                "MYSQL_USER", ServerEndpoint.ADMIN,
                "MYSQL_PASSWORD", ServerEndpoint.ADMIN_PASSWORD);
        List<String> command = new ArrayList<>(List.of("mysqld"));
        command.addAll(settings(port, configuration));
        return new ContainerRun(IMAGE, PORT_INSIDE, port, environment, command);
    }
}
