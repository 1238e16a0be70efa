package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.cdc.CaptureThread;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.testkit.sql.PostgresServer;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row is the same whether it was read or told by the log, to the last digit. */
@Tag("server")
@ExtendWith(Pg.Dropping.class)
class PostgresValuesTest {
    private final PostgresServer server = PostgresServer.shared();

    private static final String[] ROWS = {
        "(1, true, -32768, -2147483648, -9223372036854775808, 1.10, 0.1, 0.1, 'text', 'v', 'c', '', '{\"b\": 1, \"a\":  [1.0, 1e3]}',"
                + " '{\"b\": 1, \"a\":  [1.0, 1e3]}', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '2024-02-29', '12:34:56.789',"
                + " '2024-05-01 12:00:00.123456', '2024-05-01 12:00:00.123456+02', 'happy', '10.0.0.1/8', '[1,5)', 4294967295)",
        "(2, false, 32767, 2147483647, 9223372036854775807, 0.0000000001, 'NaN', 'Infinity', '', '', '', '\\x00ff', 'null', 'null',"
                + " '00000000-0000-0000-0000-000000000000', '1969-12-31', '00:00:00', '1969-12-31 23:59:59.999999',"
                + " '1969-12-31 23:59:59.999999+00', 'sad', '::1', 'empty', 0)",
        "(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                + " NULL, NULL)",
        "(4, true, 0, 0, 0, 'NaN', '-Infinity', '-0', E'tab\\tnew\\nline\\\\ \u00e4\u20ac', 'x', 'y', decode(repeat('00fe', 3000), 'hex'),"
                + " '[]', '{}', gen_random_uuid(), 'infinity', '23:59:59.999999', 'infinity', 'infinity', 'happy', '10.0.0.1', '(,)', 1)",
        "(5, true, 1, 1, 1, 123456789012345678901234567890.5, 3.4028235e38, 1.7976931348623157e308, repeat('long ', 5000), 'x', 'y',"
                + " '\\x', '1', '\"s\"', gen_random_uuid(), '-infinity', '01:00:00.1', '-infinity', '-infinity', 'sad', '10.0.0.1', '(1,)', 1)",
        "(6, true, 1, 1, 1, -0.00, 1e-45, 5e-324, 'x', 'x', 'y', '\\x', '1', '1', gen_random_uuid(), '0044-03-15 BC', '01:00:00',"
                + " '0044-03-15 12:00:00.5 BC', '0044-03-15 12:00:00 BC', 'sad', '10.0.0.1', '(1,)', 1)",
        "(7, true, 1, 1, 1, 10000, 16777216, 100, 'x', 'x', 'y', '\\x', '1', '1', gen_random_uuid(), '12345-06-07', '01:00:00.000001',"
                + " '12345-06-07 01:02:03', '12345-06-07 01:02:03.000001+00', 'sad', '10.0.0.1', '(1,)', 1)",
        "(9, true, 1, 1, 1, 'Infinity', 1, 1, 'x', 'x', 'y', '\\x', '1', '1', gen_random_uuid(), '9999-12-31', '01:00:00',"
                + " '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00', 'sad', '10.0.0.1', '(1,)', 1)",
        "(8, true, 1, 1, 1, 1e20, 1, 1e22, 'x', 'x', 'y', '\\x', '1', '1', gen_random_uuid(), '0001-01-01', '01:00:00',"
                + " '0001-01-01 00:00:00', '2024-05-01 12:00:00', 'sad', '10.0.0.1', '(1,)', 1)",
    };

    @Test
    void everyTypeIsToldAsItIsRead() throws InterruptedException {
        Pg database = new Pg(server);
        database.run(
                "CREATE TYPE mood AS ENUM ('happy', 'sad')",
                "CREATE TABLE t (id int PRIMARY KEY, b boolean, s smallint, i int, l bigint, n numeric, r real, d double precision,"
                        + " t text, v varchar(10), c char(3), y bytea, j json, jb jsonb, u uuid, da date, ti time, ts timestamp,"
                        + " tz timestamptz, e mood, ip inet, rg int4range, o oid)",
                "INSERT INTO t VALUES " + String.join(", ", ROWS));
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.assertSame(sink);
            database.run("UPDATE t SET id = id + 100");
            database.run("INSERT INTO t VALUES " + String.join(", ", ROWS));
            database.run("UPDATE t SET s = 7 WHERE id < 100");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
        assertThat(sink.commits().stream().filter(commit -> commit.header().kind() == CommitKind.BASE))
                .as("nothing was told in a form that did not fit")
                .hasSize(1);
    }

    @Test
    void precisionsAndKeysOfManyTypes() throws InterruptedException {
        Pg database = new Pg(server);
        database.run(
                "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
                "CREATE TABLE t (a text, b bytea, c uuid, d timestamptz, ts0 timestamp(0), ts3 timestamp(3), t3 time(3),"
                        + " n numeric(12,3), p positive, \"Odd Name,\" text, PRIMARY KEY (a, b, c, d))",
                "CREATE TABLE \"Odd.Table, x\" (\"Id\" int PRIMARY KEY, \"value\" text)");
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink)) {
            database.awaitAll(sink, capture);
            database.run(
                    "INSERT INTO t VALUES ('a/b%', '\\x00ff', gen_random_uuid(), '2024-01-01 00:00:00.1+00', '2024-01-01 00:00:01.9',"
                            + " '2024-01-01 00:00:00.1239', '10:00:00.1', 1.5, 3, 'q'), ('', '', gen_random_uuid(), '2024-01-01', NULL,"
                            + " NULL, NULL, NULL, NULL, '')",
                    "INSERT INTO \"Odd.Table, x\" VALUES (1, 'x')",
                    "UPDATE t SET a = a || 'z', ts0 = '1960-01-01'",
                    "DELETE FROM t WHERE a = 'z'");
            database.awaitAll(sink, capture);
        }
        database.assertSame(sink);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int[]", "interval", "money", "timetz", "bit(4)", "tstzrange", "tsquery", "pg_lsn"})
    void refusedAtTheStart(String type) throws InterruptedException {
        Pg database = new Pg(server);
        database.run("CREATE TABLE t (id int PRIMARY KEY, odd " + type + ")");
        try (CaptureThread capture = database.capture(new FoldingSink())) {
            assertThat(capture.failure())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("t, column \"odd\"")
                    .hasMessageContaining("eave");
        }
        FoldingSink sink = new FoldingSink();
        try (CaptureThread capture = database.capture(sink, Pg.options().withExcludedTables(Set.of("t")))) {
            database.awaitAll(sink, capture);
        }
    }
}
