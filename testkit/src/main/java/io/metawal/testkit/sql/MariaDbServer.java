package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB with a binlog of whole rows. It can be stopped, killed with -9, and started again on the same port and data. What
 * is committed has reached the operating system, not the disk, which is all that a killed process needs.
 */
public final class MariaDbServer extends SqlServer {
    /** Names a server for tests, as {@code mysql://USER:PASSWORD@HOST:PORT/DATABASE}, of a user who may create databases. */
    public static final String ENDPOINT_VARIABLE = "METAWAL_TEST_MARIADB";

    private static final String IMAGE = "mariadb:10.11.15";
    private static final String MAINTENANCE = "mysql";
    private static final int PORT_INSIDE = 3306;

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
            return new MariaDbServer(endpoint, asProcess(server.get(), install.get(), endpoint.port(), configuration));
        }
        if (ContainerRun.available()) {
            return new MariaDbServer(endpoint, inContainer(endpoint.port(), configuration));
        }
        throw new IllegalStateException(
                "no MariaDB for tests: there is no \"mariadbd\" with \"mariadb-install-db\" on the PATH, and no"
                        + " Docker engine. Install it, on Debian with apt-get install mariadb-server, or name a running server in "
                        + ENDPOINT_VARIABLE);
    }

    private static ServerRun asProcess(Path server, Path install, int port, List<String> configuration) {
        ServerDirectory directory = ServerDirectory.create("metawal-mariadb-");
        try {
            List<String> as = SqlPrograms.runsAsRoot() ? List.of("--user=root") : List.of();
            String data = "--datadir=" + directory.data();
            List<String> init = SqlPrograms.line(List.of(install.toString(), "--no-defaults", data), "--skip-test-db");
            init.addAll(as);
            SqlPrograms.run(init);
            Path users = Files.writeString(directory.path().resolve("users.sql"), administrator());
            List<String> command = new ArrayList<>(List.of(server.toString(), "--no-defaults", data));
            command.addAll(as);
            command.addAll(List.of("--port=" + port, "--bind-address=127.0.0.1", "--init-file=" + users));
            command.addAll(List.of(
                    "--socket=" + directory.path().resolve("sock"),
                    "--pid-file=" + directory.path().resolve("pid")));
            command.addAll(settings(port, configuration));
            return new ProcessRun(command, directory, "TERM");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalStateException e) {
            directory.delete();
            throw e;
        }
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

    /** Run at every start, and no part of the binlog. */
    private static String administrator() {
        String who = "'" + ServerEndpoint.ADMIN + "'@'%'";
        return "SET SESSION sql_log_bin=0;\nCREATE USER IF NOT EXISTS " + who + " IDENTIFIED BY '"
                + ServerEndpoint.ADMIN_PASSWORD + "';\nGRANT ALL PRIVILEGES ON *.* TO " + who + " WITH GRANT OPTION;\n";
    }

    private static List<String> settings(int port, List<String> configuration) {
        List<String> lines = new ArrayList<>(List.of(
                "--server-id=" + port,
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--binlog-row-image=FULL",
                "--character-set-server=utf8mb4",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=2",
                "--max-allowed-packet=64M"));
        configuration.forEach(line -> lines.add("--" + line));
        return lines;
    }

    @Override
    public void dropDatabase(String name) {
        execute(endpoint().database(), "DROP DATABASE IF EXISTS " + name);
    }

    @Override
    public void createUser(String name, String password) {
        execute(endpoint().database(), "CREATE USER '" + name + "'@'%' IDENTIFIED BY '" + password + "'");
    }

    @Override
    String jdbcUrl(ServerEndpoint at) {
        return "jdbc:mariadb://" + at.host() + ":" + at.port() + "/" + at.database() + "?user=" + at.user()
                + "&password=" + at.password() + "&sslMode=disable";
    }

    @Override
    String scheme() {
        return "mysql";
    }
}
