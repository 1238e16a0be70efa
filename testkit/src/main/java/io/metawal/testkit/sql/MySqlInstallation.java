package io.metawal.testkit.sql;

import io.metawal.testkit.servers.ServerDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the data directories of MySQL servers. */
final class MySqlInstallation {
    private static @Nullable Path filled;

    private MySqlInstallation() {}

    /** Initialises once in this JVM, and copies that without the file of its identity. */
    static synchronized void into(Path server, Path data) {
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
