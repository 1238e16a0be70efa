package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.connectors.sql.cdc.SameAsDatabase;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.image.ImageView;
import io.metawal.testkit.sql.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of a server under test, and captures of it. */
final class Pg {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final PostgresServer server;
    private final String name;

    Pg(PostgresServer server) {
        this(server, "db" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet());
        server.createDatabase(name);
    }

    /** One that is there. */
    Pg(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    String name() {
        return name;
    }

    PostgresServer server() {
        return server;
    }

    SqlUrl url() {
        return SqlUrl.parse(server.url(name));
    }

    void run(String... statements) {
        server.execute(name, statements);
    }

    Connection connect() {
        return server.connect(name);
    }

    /** Statements in one transaction. */
    void transaction(String... statements) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                connection.createStatement().execute(sql);
            }
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static SqlSourceOptions options() {
        return SqlSourceOptions.defaults().withHeartbeatMillis(200);
    }

    PostgresSource source(SqlSourceOptions options) {
        return new PostgresSource(url(), options, new SqlInterpretation.Plain("postgresql"), InstantSource.system());
    }

    CaptureThread capture(FoldingSink sink) {
        return capture(sink, options());
    }

    CaptureThread capture(FoldingSink sink, SqlSourceOptions options) {
        return new CaptureThread(source(options), sink);
    }

    /** Where the server's log ends. */
    long end() {
        return PgServer.lsn(value("SELECT pg_current_wal_lsn()"));
    }

    String value(String query) {
        try (Connection connection = connect();
                var found = connection.createStatement().executeQuery(query)) {
            found.next();
            return String.valueOf(found.getString(1));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the server has noticed that nobody reads this database's slots any more. */
    void awaitSlotsAreFree() {
        run("DO $$ BEGIN FOR n IN 1..300 LOOP EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE active"
                + " AND database = current_database()); PERFORM pg_sleep(0.1); END LOOP; END $$");
    }

    /** Waits until the sink is known to hold all that is committed now. */
    void awaitAll(FoldingSink sink, CaptureThread capture) throws InterruptedException {
        long end = end();
        sink.await("everything up to " + PgServer.print(end), at -> {
            capture.check();
            return at.observedEpoch() >= end;
        });
    }

    void assertSame(FoldingSink sink) {
        assertSame(sink, Set.of());
    }

    void assertSame(FoldingSink sink, Set<String> excluded) {
        Map<String, String> expected = SameAsDatabase.database(url(), excluded);
        try (ImageView image = sink.image()) {
            assertThat(SameAsDatabase.image(image)).isEqualTo(expected);
        }
    }
}
