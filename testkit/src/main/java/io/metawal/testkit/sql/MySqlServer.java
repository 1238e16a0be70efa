package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.ServerCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real MySQL, not MariaDB under its name. Transactions have GTIDs where {@code gtid-mode=ON} is asked for. */
public final class MySqlServer extends BinlogServer {
    private static final SharedSqlServers<MySqlServer> SHARED = new SharedSqlServers<>(ServerCatalog.MYSQL);
    private static final List<String> SMALL = List.of(
            "--mysqlx=OFF",
            "--performance-schema=OFF",
            "--innodb-redo-log-capacity=8M",
            "--innodb-flush-method=nosync",
            "--innodb-doublewrite=OFF",
            "--sync-binlog=0",
            "--log-error-verbosity=2");

    private MySqlServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /**
     * The server of {@code METAWAL_TEST_MYSQL} where nothing is to be configured, else one of this JVM for each configuration: for a
     * test that only uses databases of its own.
     */
    public static MySqlServer shared(String... configuration) {
        return SHARED.get(List.of(configuration), at -> new MySqlServer(at, null), () -> start(configuration));
    }

    /** Starts an empty server; {@code configuration} are options of {@code mysqld}, as {@code gtid-mode=ON}. */
    public static MySqlServer start(String... configuration) {
        FoundServer found = ServerCatalog.MYSQL.use();
        return started(() -> create(found, ServerEndpoint.own(MAINTENANCE), List.of(configuration)));
    }

    static MySqlServer create(FoundServer found, ServerEndpoint endpoint, List<String> configuration) {
        if (found.origin() == Origin.TESTCONTAINERS) {
            return new MySqlServer(endpoint, inContainer(found.where(), endpoint.port(), configuration));
        }
        Path server = found.programOrFail();
        return new MySqlServer(
                endpoint,
                asProcess(
                        server,
                        data -> MySqlInstallation.into(server, data),
                        "metawal-mysql-",
                        endpoint.port(),
                        SMALL,
                        configuration));
    }

    private static ServerRun inContainer(String image, int port, List<String> configuration) {
        Map<String, String> environment = Map.of(
                "MYSQL_RANDOM_ROOT_PASSWORD", "1",
                "MYSQL_USER", ServerEndpoint.ADMIN,
                "MYSQL_PASSWORD", ServerEndpoint.ADMIN_PASSWORD);
        List<String> command = new ArrayList<>(List.of("mysqld"));
        command.addAll(settings(port, configuration));
        return new ContainerRun(image, PORT_INSIDE, port, environment, command);
    }
}
