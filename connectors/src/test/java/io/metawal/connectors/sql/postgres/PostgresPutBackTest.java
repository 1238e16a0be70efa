package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.Positions;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.sql.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server whose disk was put back as it was, and which wrote past what was captured: same server, same timeline, a log that is long enough. */
@Tag("server")
@Tag("process")
@ExtendWith(Pg.Dropping.class)
class PostgresPutBackTest {
    private static final String AFTER = "INSERT INTO t SELECT n, repeat('y', 700) FROM generate_series(100, 2000) n";

    private static void goOn(Pg database, FoldingSink sink) throws InterruptedException {
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
        }
        database.awaitSlotsAreFree();
    }

    private static void writeInstead(Pg database, String... statements) throws IOException, InterruptedException {
        PostgresServer server = database.server();
        Path data = server.dataDirectory();
        Path folder = Files.createTempDirectory("metawal-pg-copy-");
        FoldingSink sink = new FoldingSink();
        goOn(database, sink);
        server.stop();
        DataCopies.copy(data, folder.resolve("data"));
        server.restart();
        database.run("INSERT INTO t VALUES (1, 'lost')", "INSERT INTO t VALUES (2, 'lost, too')");
        goOn(database, sink);
        server.stop();
        DataCopies.copy(folder.resolve("data"), data);
        server.restart();
        database.run(statements);
        database.run(AFTER);
        SqlPosition at = Positions.parse(sink.resumeAt());
        assertThat(database.end()).isGreaterThan(at.clock());
        try (CaptureThread capture = database.capture(sink)) {
            assertThat(capture.failure())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("went back: ")
                    .hasMessageContaining("ends at " + at.log());
        }
        DataCopies.remove(folder);
    }

    @Test
    void isRefusedWhenItWroteSomethingElse() throws IOException, InterruptedException {
        try (PostgresServer server = PostgresServer.start()) {
            Pg database = new Pg(server);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
            writeInstead(database, "INSERT INTO t VALUES (3, 'written by the server that went back')");
        }
    }

    @Test
    void isRefusedWhenItWroteTheSameAgain() throws IOException, InterruptedException {
        try (PostgresServer server = PostgresServer.start()) {
            Pg database = new Pg(server);
            database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
            writeInstead(database, "INSERT INTO t VALUES (1, 'lost')", "INSERT INTO t VALUES (2, 'lost, too')");
        }
    }

    /** A place in another log may be one by chance; then the time of the commit differs. */
    @Test
    void theTimeOfTheCommitIsComparedToo() throws InterruptedException {
        Pg database = new Pg(PostgresServer.shared());
        database.run("CREATE TABLE t (id int PRIMARY KEY, v text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run("SELECT pg_create_logical_replication_slot('behind_' || current_database(), 'pgoutput')");
            database.run("INSERT INTO t VALUES (1, 'told')");
            database.awaitAll(sink, capture);
        }
        SqlPosition at = Positions.parse(sink.resumeAt());
        assertThat(at.facts()).containsKey(PgPast.COMMITTED);
        PgLink link = new PgLink(database.url());
        PgPast past = new PgPast(
                database.url(), new PgNames("behind_" + database.name(), "metawal_" + database.name() + "_main"), link);
        past.check(at);
        assertThatThrownBy(() -> past.check(at.with(PgPast.COMMITTED, "1700000000000000")))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("went back: what ends at " + at.log() + " was committed")
                .hasMessageContaining("what was captured 1700000000000000");
        link.close();
    }
}
