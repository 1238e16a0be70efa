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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A database of a server under test, and captures of it. */
final class Pg {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Queue<Pg> MADE = new ConcurrentLinkedQueue<>();

    private final PostgresServer server;
    private final String name;

    Pg(PostgresServer server) {
        this(server, "db" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet());
        server.createDatabase(name);
        if (server.isShared()) {
            MADE.add(this);
        }
    }

    /** One that is there. */
    Pg(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /**
     * Drops the slots of the databases that a test made on shared servers when the test ends: there may only be so many, and they keep
     * the log. The databases go too where the server does not end with this JVM, which is quicker.
     */
    static final class Dropping implements AfterEachCallback {
        @Override
        public void afterEach(ExtensionContext context) {
            for (@Nullable Pg made = MADE.poll(); made != null; made = MADE.poll()) {
                made.drop();
            }
        }
    }

    private void drop() {
        awaitSlotsAreFree();
        run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
        if (server.process().isEmpty()) {
            server.dropDatabase(name);
        }
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
        return SqlSourceOptions.defaults().withHeartbeatMillis(50);
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
        run("DO $$ BEGIN FOR n IN 1..3000 LOOP EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE active"
                + " AND database = current_database()); PERFORM pg_sleep(0.01); END LOOP; END $$");
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
