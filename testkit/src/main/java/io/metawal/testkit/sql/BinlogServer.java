package io.metawal.testkit.sql;

import io.metawal.testkit.servers.FilledDirectory;
import io.metawal.testkit.servers.ServerDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks MySQL's language and writes a binlog of whole rows. It can be stopped, killed with -9, and started again on
 * the same port and data. What is committed has reached the operating system, not the disk, which is all that a killed process needs.
 */
public abstract sealed class BinlogServer extends SqlServer permits MariaDbServer, MySqlServer {
    static final String MAINTENANCE = "mysql";
    static final int PORT_INSIDE = 3306;

    BinlogServer(ServerEndpoint endpoint, @Nullable ServerRun run) {
        super(endpoint, run);
    }

    /** @param own options that only this kind of server has */
    static ServerRun asProcess(
            Path server,
            FilledDirectory.Fill installation,
            String prefix,
            int port,
            List<String> own,
            List<String> configuration) {
        ServerDirectory directory = ServerDirectory.create(prefix);
        try {
            installation.into(directory.data());
            Path users = Files.writeString(directory.path().resolve("users.sql"), administrator());
            // A MariaDB that starts deletes what it takes for temporary tables of its former life, also another
            // server's.
            Path temporary = Files.createDirectory(directory.path().resolve("tmp"));
            List<String> command =
                    new ArrayList<>(List.of(server.toString(), "--no-defaults", "--datadir=" + directory.data()));
            command.addAll(asUser());
            command.addAll(List.of(
                    "--port=" + port,
                    "--bind-address=127.0.0.1",
                    "--init-file=" + users,
                    "--tmpdir=" + temporary,
                    "--socket=" + directory.path().resolve("sock"),
                    "--pid-file=" + directory.path().resolve("pid")));
            command.addAll(own);
            command.addAll(settings(port, configuration));
            return new ProcessRun(command, directory, "TERM");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalStateException e) {
            directory.delete();
            throw e;
        }
    }

    static List<String> asUser() {
        return SqlPrograms.runsAsRoot() ? List.of("--user=root") : List.of();
    }

    /** Run at every start, and no part of the binlog. */
    private static String administrator() {
        String who = "'" + ServerEndpoint.ADMIN + "'@'%'";
        return "SET SESSION sql_log_bin=0;\nCREATE USER IF NOT EXISTS " + who + " IDENTIFIED BY '"
                + ServerEndpoint.ADMIN_PASSWORD + "';\nGRANT ALL PRIVILEGES ON *.* TO " + who + " WITH GRANT OPTION;\n";
    }

    static List<String> settings(int port, List<String> configuration) {
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
        // A transaction that somebody left open would hold it up without end.
        execute(endpoint().database(), "SET SESSION lock_wait_timeout = 20", "DROP DATABASE IF EXISTS " + name);
    }

    @Override
    public void createUser(String name, String password) {
        execute(endpoint().database(), "CREATE USER '" + name + "'@'%' IDENTIFIED BY '" + password + "'");
    }

    @Override
    String dataDirectoryQuery() {
        return "SELECT @@datadir";
    }

    @Override
    String jdbcUrl(ServerEndpoint at) {
        return "jdbc:mariadb://" + at.host() + ":" + at.port() + "/" + at.database() + "?user=" + at.user()
                + "&password=" + at.password() + "&sslMode=disable&allowPublicKeyRetrieval=true";
    }

    @Override
    String scheme() {
        return "mysql";
    }
}
