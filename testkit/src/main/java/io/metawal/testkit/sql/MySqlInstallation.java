package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the data directories of MySQL servers. */
final class MySqlInstallation {
    private MySqlInstallation() {}

    /** A copy has an identity of its own, which the server makes where the file of it is missing. */
    static void into(Path server, Path data) {
        EmptyData.copy(server, empty -> initialize(server, empty), data);
        try {
            Files.deleteIfExists(data.resolve("auto.cnf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void initialize(Path server, Path data) {
        List<String> line = SqlPrograms.line(
                List.of(server.toString(), "--no-defaults", "--datadir=" + data),
                "--initialize-insecure",
                "--performance-schema=OFF",
                "--innodb-redo-log-capacity=8M",
                "--innodb-flush-log-at-trx-commit=0",
                "--skip-log-bin");
        line.addAll(BinlogServer.asUser());
        SqlPrograms.run(line);
    }
}
