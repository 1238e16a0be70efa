package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.etcd.EtcdCertificates;
import io.metawal.testkit.sql.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that takes no connection in the clear, of whatever kind. */
@Tag("server")
@Tag("process")
class PostgresTlsTest {
    private static void onlyTls(PostgresServer server, EtcdCertificates made) throws IOException, InterruptedException {
        server.stop();
        Path data = server.dataDirectory();
        Path key = Files.copy(made.serverKey(), data.resolve("server.key"));
        Path certificate = Files.copy(made.server(), data.resolve("server.crt"));
        run("chmod", "600", key.toString());
        run("chown", "--reference=" + data, key.toString(), certificate.toString());
        Files.writeString(data.resolve("postgresql.conf"), "\nssl = on\n", StandardOpenOption.APPEND);
        Files.writeString(
                data.resolve("pg_hba.conf"),
                "hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl replication all 127.0.0.1/32 scram-sha-256\n");
        server.restart();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static CaptureThread capture(Pg database, FoldingSink sink, String parameters) {
        SqlUrl url = SqlUrl.parse(database.server().url(database.name()) + "?" + parameters);
        return new CaptureThread(
                new PostgresSource(
                        url, Pg.options(), new SqlInterpretation.Plain("postgresql"), InstantSource.system()),
                sink);
    }

    @Test
    void everyConnectionOfACaptureIsVerified(@TempDir Path mine, @TempDir Path others)
            throws IOException, InterruptedException {
        EtcdCertificates made = EtcdCertificates.make(mine);
        try (PostgresServer server = PostgresServer.start()) {
            onlyTls(server, made);
            Pg database = new Pg(server);
            database.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            FoldingSink sink = new FoldingSink();
            try (CaptureThread capture =
                    capture(database, sink, "sslmode=verify-full&sslrootcert=" + made.authority())) {
                database.awaitAll(sink, capture);
                database.run("INSERT INTO t VALUES (2)");
                database.awaitAll(sink, capture);
            }
            database.assertSame(sink);
            assertRefused(database, "sslmode=disable", ExitCode.ACCESS_DENIED, "no encryption");
            assertRefused(
                    database,
                    "sslmode=verify-full&sslrootcert="
                            + EtcdCertificates.make(others).authority(),
                    ExitCode.ACCESS_DENIED,
                    "the server's certificate is not trusted");
            assertRefused(
                    database, "sslmode=verify-full&sslrootcert=" + others.resolve("gone"), ExitCode.USAGE, "gone");
        }
    }

    private static void assertRefused(Pg database, String parameters, ExitCode code, String why)
            throws InterruptedException {
        try (CaptureThread capture = capture(database, new FoldingSink(), parameters)) {
            assertThat(capture.failure()).isInstanceOfSatisfying(MetawalException.class, fault -> {
                assertThat(fault.code()).as(fault.text()).isEqualTo(code);
                assertThat(fault.text()).contains(why);
            });
        }
    }
}
