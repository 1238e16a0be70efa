package io.metawal.bench;

import io.metawal.testkit.servers.ServerCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Debian's PostgreSQL with Debian's pgBackRest: a server that archives its log into a local repository, and new servers made of it at a point
 * in time. Both programs refuse root, so that they run as the user {@code postgres} where this runs as root.
 */
final class PgBackRest implements AutoCloseable {
    private static final String STANZA = "bench";

    private final Path directory;
    private final Path programs;
    private final Path program;
    private final int port;
    private final Path config;

    private PgBackRest(Path directory, Path programs, Path program, int port) {
        this.directory = directory;
        this.programs = programs;
        this.program = program;
        this.port = port;
        this.config = directory.resolve("pgbackrest.conf");
    }

    /** A server with an empty database, whose whole log is archived, and a full backup of it. */
    static PgBackRest start(Path directory, int port) throws IOException, InterruptedException {
        Path initdb = ServerCatalog.DEBIAN_POSTGRES.use().programOrFail();
        Path program = ServerCatalog.PGBACKREST.use().programOrFail();
        PgBackRest made = new PgBackRest(directory, Objects.requireNonNull(initdb.getParent()), program, port);
        for (String name : List.of("repo", "log", "spool", "lock", "sock")) {
            Files.createDirectory(directory.resolve(name));
        }
        Files.writeString(made.config, """
                [global]
                repo1-path=%1$s/repo
                log-path=%1$s/log
                lock-path=%1$s/lock
                spool-path=%1$s/spool
                repo1-retention-full=2
                start-fast=y
                compress-type=zst
                log-level-console=error
                [%2$s]
                pg1-path=%1$s/data
                pg1-port=%3$d
                pg1-socket-path=%1$s/sock
                """.formatted(directory, STANZA, port));
        if (isRoot()) {
            Child.run(List.of("/bin/chown", "-R", "postgres", directory.toString()));
        }
        Path data = directory.resolve("data");
        made.server("initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres");
        Files.writeString(
                data.resolve("postgresql.conf"),
                """
                port=%d
                unix_socket_directories='%s'
                listen_addresses='127.0.0.1'
                wal_level=logical
                max_wal_size=4GB
                archive_mode=on
                archive_command='pgbackrest --config=%s --stanza=%s archive-push %%p'
                """.formatted(port, directory.resolve("sock"), made.config, STANZA),
                java.nio.file.StandardOpenOption.APPEND);
        made.start(data);
        made.pgbackrest("stanza-create");
        return made;
    }

    /** Of everything as it is now. */
    void backup() throws IOException, InterruptedException {
        pgbackrest("--type=full", "backup");
    }

    String url() {
        return url(port);
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    int port() {
        return port;
    }

    /** Where the archive and the backups are. */
    Path repository() {
        return directory.resolve("repo");
    }

    /**
     * A new server as it was at a time, started, on another port; it may still be replaying when this returns.
     *
     * @param time in PostgreSQL's words, with a zone
     * @return its JDBC URL
     */
    String restore(String time, Path into, int intoPort) throws IOException, InterruptedException {
        as("/bin/mkdir", "-m", "700", into.toString());
        pgbackrest("--pg1-path=" + into, "--type=time", "--target=" + time, "--target-action=promote", "restore");
        Files.writeString(
                into.resolve("postgresql.conf"),
                "port=" + intoPort + "\narchive_mode=off\n",
                java.nio.file.StandardOpenOption.APPEND);
        start(into);
        return url(intoPort);
    }

    /** A new server with nothing in it, started. */
    void empty(Path data, int onPort) throws IOException, InterruptedException {
        server("initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres");
        Files.writeString(
                data.resolve("postgresql.conf"),
                "port=" + onPort + "\nunix_socket_directories='" + directory.resolve("sock")
                        + "'\nlisten_addresses='127.0.0.1'\n",
                java.nio.file.StandardOpenOption.APPEND);
        start(data);
    }

    private void start(Path data) throws IOException, InterruptedException {
        server(
                "pg_ctl",
                "-D",
                data.toString(),
                "-l",
                directory.resolve("log/server").toString(),
                "-w",
                "start");
    }

    void stop(Path data) throws IOException, InterruptedException {
        server("pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
    }

    private void pgbackrest(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--config=" + config, "--stanza=" + STANZA));
        command.addAll(List.of(words));
        as(command.toArray(String[]::new));
    }

    private void server(String program, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
        command.addAll(List.of(words));
        as(command.toArray(String[]::new));
    }

    private static void as(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            whole.addAll(List.of("/usr/sbin/runuser", "-u", "postgres", "--"));
        }
        whole.addAll(List.of(command));
        Child.run(whole);
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @Override
    public void close() throws IOException {
        try {
            stop(directory.resolve("data"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stopping the server in " + directory, e);
        }
    }
}
