package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code mysqld}: of the PATH, where that one is MySQL's own; else the one that {@code bin/test} fetched from Maven Central. */
final class MysqlPrograms {
    private static final String FETCHED = "metawal/mysql-8.0.33/bin/mysqld";

    private static @Nullable Path filled;

    private MysqlPrograms() {}

    static Optional<Path> server() {
        return SqlPrograms.find("mysqld")
                .filter(MysqlPrograms::isMySql)
                .or(() -> Optional.of(fetched()).filter(Files::isExecutable));
    }

    static Path fetched() {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).orElse("");
        Path root = cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return root.resolve(FETCHED);
    }

    private static boolean isMySql(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--no-defaults", "--version")
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 && printed.contains("MySQL") && !printed.contains("MariaDB");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + program, e);
        }
    }

    /** Initialises once in this JVM, and copies that without the file of its identity. */
    static synchronized void install(Path server, Path data) {
        Path template = filled;
        if (template == null) {
            ServerDirectory directory = ServerDirectory.create("metawal-mysql-empty-");
            Runtime.getRuntime().addShutdownHook(new Thread(directory::delete, "delete " + directory.path()));
            List<String> line = SqlPrograms.line(
                    List.of(server.toString(), "--no-defaults", "--datadir=" + directory.data()),
                    "--initialize-insecure",
                    "--performance-schema=OFF",
                    "--innodb-redo-log-capacity=8M",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--skip-log-bin");
            line.addAll(BinlogServer.asUser());
            SqlPrograms.run(line);
            template = directory.data();
            filled = template;
        }
        copy(template, data);
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                if (!path.endsWith("auto.cnf")) {
                    Files.copy(path, to.resolve(from.relativize(path).toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
