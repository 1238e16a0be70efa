package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** MySQL's JSON, binary in the log, is the text that the server prints, byte for byte. */
@Tag("server")
final class MysqlJsonTest {
    private static final String STRANGE = "aZ0 \t\n\r\f\b\\\"'/\u0000\u0001\u001f\u007fé€\u2028\uD83D\uDE00";
    private static final String TABLE = "CREATE TABLE t (id int PRIMARY KEY, j json)";

    private final BinlogServer server = Brand.MYSQL_WITHOUT_GTIDS.shared();

    @Test
    void randomDocuments() throws Exception {
        try (Captured it = new Captured(server, "json_random")) {
            it.run(TABLE).start().caughtUp();
            Seeded.check(1, random -> {
                try (Connection connection = server.connect("json_random");
                        PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                    connection.setAutoCommit(false);
                    for (int id = 0; id < 2_000; id++) {
                        insert.setInt(1, id);
                        insert.setString(2, document(random, 4));
                        insert.execute();
                    }
                    connection.commit();
                }
            });
            it.same();
            assertThat(it.image()).hasSize(2_000);
        }
    }

    private static String document(RandomGenerator random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> random.nextInt(3) == 0 ? "null" : String.valueOf(random.nextBoolean());
            case 1 -> String.valueOf(random.nextLong() >> random.nextInt(64));
            case 2 -> Long.toUnsignedString(random.nextLong() >>> random.nextInt(64));
            case 3 -> number(random);
            case 4, 5 -> text(random);
            case 6 ->
                IntStream.range(0, random.nextInt(5))
                        .mapToObj(any -> document(random, depth - 1))
                        .collect(Collectors.joining(",", "[", "]"));
            default ->
                IntStream.range(0, random.nextInt(5))
                        .mapToObj(any -> text(random) + ":" + document(random, depth - 1))
                        .collect(Collectors.joining(",", "{", "}"));
        };
    }

    private static String number(RandomGenerator random) {
        double number = switch (random.nextInt(6)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(-25, 25));
            case 2 -> Math.scalb(random.nextBoolean() ? 1.0 : -1.0, random.nextInt(-1074, 1023));
            case 3 -> random.nextInt(-1000, 1000) / 8.0;
            case 4 -> random.nextInt(1, 100) * Math.pow(10, random.nextInt(-20, 25));
            default -> (double) random.nextLong();
        };
        return Double.isFinite(number) ? String.valueOf(number) : "0.0";
    }

    private static String text(RandomGenerator random) {
        int[] strange = STRANGE.codePoints().toArray();
        StringBuilder text = new StringBuilder("\"");
        for (int length = random.nextInt(random.nextInt(20) == 0 ? 400 : 9); length > 0; length--) {
            int c = strange[random.nextInt(strange.length)];
            if (c == '"' || c == '\\') {
                text.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", c));
            } else {
                text.appendCodePoint(c);
            }
        }
        return text.append('"').toString();
    }

    @Test
    void valuesThatJsonTextHasNot() throws Exception {
        try (Captured it = new Captured(server, "json_opaque")) {
            it.run(TABLE, "CREATE TABLE v (id int PRIMARY KEY, y year, b bit(9), g varbinary(300))")
                    .start()
                    .caughtUp();
            it.run(
                    "INSERT INTO t VALUES (1, JSON_OBJECT('n', 1.50, 'big', 99999999999999999999.000001, 'neg', -0.10, 'none', 0.0))",
                    "INSERT INTO t VALUES (2, JSON_ARRAY(CAST('2024-05-01' AS DATE), CAST('12:34:56.789' AS TIME(3)), CAST('-838:59:59' AS TIME),"
                            + " CAST('2024-05-01 01:02:03.000004' AS DATETIME(6)), TIMESTAMP('1000-01-01'), CAST('0:0:0' AS TIME)))",
                    "INSERT INTO v VALUES (1, 2024, b'101000001', REPEAT('x', 300)), (2, 1901, b'0', '')",
                    "INSERT INTO t SELECT 10 + id, JSON_OBJECT('y', y, 'b', b, 'g', g, 'u', CAST(id AS UNSIGNED)) FROM v",
                    "INSERT INTO t SELECT 20, JSON_OBJECT('p', ST_GeomFromText('POINT(1 2)'))",
                    "INSERT INTO t SELECT 30, JSON_ARRAYAGG(n) FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 990)"
                            + " SELECT REPEAT(n, 40) n FROM s) large",
                    "INSERT INTO t SELECT 31, JSON_OBJECTAGG(CONCAT('key ', n), n * 100000) FROM (WITH RECURSIVE s (n) AS (SELECT -490 UNION ALL SELECT"
                            + " n + 1 FROM s WHERE n < 490) SELECT n FROM s) large",
                    "INSERT INTO t SELECT 32, JSON_ARRAYAGG(j) FROM t",
                    "INSERT INTO t VALUES (40, '{\"b\": 1, \"a\": 2, \"b\": 3, \"aa\": {}, \"\": []}'), (41, '[]'), (42, '\"\"'), (43, NULL)",
                    "INSERT IGNORE INTO t VALUES (44, CAST(CAST(1e300 AS DOUBLE) AS JSON)), (45, CAST(CAST(0.1 AS FLOAT) AS JSON))",
                    "UPDATE t SET j = JSON_SET(j, '$.n', -2.75) WHERE id = 1");
            it.same();
            assertThat(it.image().get("sql.json_opaque.t 1")).contains("-2.75");
            assertThat(it.gaps()).isEmpty();
        }
    }

    @Test
    void aSessionThatLogsPartsOfDocumentsIsNoticed() throws Exception {
        try (Captured it = new Captured(server, "json_partial")) {
            it.run(TABLE, "INSERT INTO t VALUES (1, '{\"a\": \"long enough to be changed in its place\", \"b\": 2}')")
                    .start()
                    .same();
            try (Connection session = server.connect("json_partial")) {
                Query.run(
                        session,
                        "SET SESSION binlog_row_value_options = PARTIAL_JSON",
                        "UPDATE t SET j = JSON_SET(j, '$.a', 'short') WHERE id = 1");
            }
            it.same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0)).contains("PARTIAL_UPDATE_ROWS_EVENT");
        }
    }
}
