package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** MySQL's base is read behind a lock: whom it waits for, and who waits for it. */
@Tag("server")
final class MySqlBaseTest {
    private static final String NONE = "0";
    private static final String TABLE = "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x text)";

    private final BinlogServer server = Brand.MYSQL_WITHOUT_GTIDS.shared();

    /** A base waits for the transactions that are under way, and others do not wait for the base. */
    @Test
    void anOpenTransactionHoldsUpABaseAndNobodyElse() throws Exception {
        try (Captured it = new Captured(server, "held")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one'), ('two'), ('three')");
            try (Connection open = server.connect("held");
                    Connection reader = server.connect("held")) {
                open.setAutoCommit(false);
                Query.run(open, "UPDATE a SET x = 'open' WHERE id = 1");
                LongRead reading = new LongRead(server, reader);
                it.start();
                try (Connection admin = server.admin()) {
                    for (int passed = 0; passed < 3; ) {
                        String base = locking(admin);
                        // Fails where these wait for the base, which gives up only after two seconds.
                        it.run(
                                "SET SESSION lock_wait_timeout = 1",
                                "INSERT INTO a (x) VALUES ('other')",
                                "SELECT COUNT(*) FROM a");
                        passed += !base.equals(NONE) && base.equals(locking(admin)) ? 1 : 0;
                    }
                }
                assertThat(it.sink().commits()).isEmpty();
                open.commit();
                it.same();
                reading.end();
            }
            assertThat(it.gaps()).isEmpty();
        }
    }

    /** The connection whose lock of the tables waits; {@code NONE} where none does. */
    private static String locking(Connection admin) throws SQLException {
        return String.valueOf(Query.value(
                admin,
                "SELECT COALESCE(MAX(ID), 0) FROM information_schema.PROCESSLIST"
                        + " WHERE DB = 'held' AND INFO LIKE 'LOCK TABLES%'"));
    }

    @Test
    void aLongReadDoesNotHoldUpABase() throws Exception {
        try (Captured it = new Captured(server, "long_read")) {
            it.run(TABLE, "INSERT INTO a (x) VALUES ('one')");
            try (Connection reader = server.connect("long_read")) {
                LongRead reading = new LongRead(server, reader);
                it.start().same();
                reading.end();
            }
        }
    }
}
