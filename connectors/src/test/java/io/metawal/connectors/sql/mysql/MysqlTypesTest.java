package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A row that the log tells is the row that a read gives, byte for byte. */
@Tag("server")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MARIADB", "MYSQL_WITHOUT_GTIDS"})
final class MysqlTypesTest {
    private final Brand brand;
    private final BinlogServer server;

    MysqlTypesTest(Brand brand) {
        this.brand = brand;
        server = brand.shared();
    }

    private static final String TABLE =
            "CREATE TABLE t (id bigint PRIMARY KEY, flag tinyint(1), i1 tinyint, u1 tinyint unsigned,"
                    + " i2 smallint, u2 smallint unsigned, i3 mediumint, u3 mediumint unsigned, i4 int, u4 int unsigned, i8 bigint,"
                    + " u8 bigint unsigned, z bigint(12) unsigned zerofill, z4 int(6) unsigned zerofill, n decimal(20,4), nz decimal(7,2)"
                    + " unsigned zerofill, n0 decimal(65), n30 decimal(38,30), f4 float, f8 double, vc varchar(40), vl varchar(2000), c char(5), tx text, lt longtext,"
                    + " bl longblob, tb tinyblob, b16 binary(16), vb varbinary(20), j json, u uuid, d date, h time, h1 time(1), h3 time(3), h6 time(6),"
                    + " dt datetime, dt1 datetime(1), dt6 datetime(6), tz timestamp NULL, tz4 timestamp(4) NULL, tz6 timestamp(6) NULL,"
                    + " e enum('ok', 'it''s', 'ä,b'), s set('x', 'y', 'z'), yr year, b1 bit(1), b9 bit(9), b64 bit(64),"
                    + " latin varchar(9) CHARACTER SET latin1, u16 varchar(9) CHARACTER SET utf16, u3b varchar(9) CHARACTER SET utf8mb3,"
                    + " bin varchar(9) CHARACTER SET binary, asc7 char(4) CHARACTER SET ascii,"
                    + " virtually bigint AS (id % 7) VIRTUAL, kept bigint AS (id % 5) STORED, last int DEFAULT 7 INVISIBLE)";

    /** MySQL has no type for UUIDs. */
    private String table(String sql) {
        return brand.mysql() ? sql.replace(" u uuid", " u char(36)") : sql;
    }

    @Test
    void everyTypeIsToldAsItIsRead() throws Exception {
        try (Captured it = new Captured(server, "types")) {
            it.run(table(TABLE)).start().same();
            try (Connection connection = server.connect("types")) {
                Query.run(
                        connection,
                        "SET sql_mode = 'ALLOW_INVALID_DATES'",
                        "SET time_zone = '+05:30'",
                        "SET NAMES utf8mb4",
                        "INSERT INTO t (id, flag, i1, u1, i2, u2, i3, u3, i4, u4, i8, u8, z, z4, n, nz, n0, n30, f4, f8) VALUES"
                                + " (9223372036854775807, 1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295,"
                                + " -9223372036854775808, 18446744073709551615, 42, 7, -12.34, 1.5, -99999999999999999999999999999999999999999999999999999999999999999,"
                                + " -0.000000000000000000000000000001, 0.1, 1e-300)",
                        "INSERT INTO t (id, flag, i1, u1, n, n0, n30, f4, f8) VALUES (2, 0, 127, 128, 0, 0, 99999999.999999999999999999999999999999, -3.4e38, -0e0)",
                        "INSERT INTO t (id, vc, vl, c, tx, lt, bl, tb, b16, vb, j, u) VALUES"
                                + " (3, 'it''s \\\\ \\0 \uD83D\uDE00', REPEAT('ü', 2000), 'a  ', '\\t\\n\\r\\\\\\b\\0\\Z', '', '', x'00ff00', x'0102000000000000000000000000ff00',"
                                + " x'0000', '{\"b\" : 1,  \"a\":\"\\\\n\"}', '6F9619FF-8B86-D011-B42D-00C04FC964FF'),"
                                + " (4, '', '', '', '', REPEAT('long ', 100000), x'00', '', x'00', '', '[]', '018f3d1e-7c1a-7b2c-9d3e-4f5061728394'),"
                                + " (5, ' ', 'x', ' a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '00000000-0000-0000-0000-000000000000'),"
                                + " (6, ' ', 'x', ' a', NULL, NULL, NULL, NULL, NULL, NULL, 'null', '6ccd780c-baba-1026-9564-5b8c656024db'),"
                                + " (61, ' ', 'x', ' a', NULL, NULL, NULL, NULL, NULL, NULL, '\"\u00e4\"', 'ffffffff-ffff-ffff-ffff-ffffffffffff')",
                        "INSERT INTO t (id, d, h, h1, h3, h6, dt, dt1, dt6, tz, tz4, tz6, e, s, yr, b1, b9, b64) VALUES"
                                + " (7, '1000-01-01', '-838:59:59', '-00:00:00.1', '-12:34:56.789', '-838:59:59.000001', '1000-01-01', '1969-12-31 23:59:59.9',"
                                + " '1915-02-03 04:05:06.000007', '1970-01-01 05:30:01', '2024-05-01 10:00:00.1234', '2038-01-19 03:14:07.999999', 'ok', 'x,z', 1901, b'1', b'101000001', b'1'),"
                                + " (8, '9999-12-31', '838:59:59', '838:59:59.9', '00:00:00.001', '00:00:00.000001', '9999-12-31 23:59:59', '2024-02-29 00:00:00.5',"
                                + " '9999-12-31 23:59:59.999999', '2024-03-31 02:30:00', '1970-01-01 05:30:00.0001', '2024-05-01 10:00:00.000001', 'it''s', '', 2155, b'0', b'0', b'1111111111111111111111111111111111111111111111111111111111111111'),"
                                + " (9, '0000-00-00', '00:00:00', '-00:00:00', '-00:00:01', '-00:00:00.999999', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', 'ä,b', 'x,y,z', 0, b'1', b'1', b'0'),"
                                + " (10, '2024-00-00', NULL, NULL, NULL, NULL, '2024-02-30 01:02:03', NULL, '2024-00-12 00:00:00.120000', NULL, NULL, NULL, 'bad', NULL, NULL, NULL, NULL, NULL)",
                        "INSERT INTO t (id, latin, u16, u3b, bin, asc7) VALUES (11, 'é€ü', 'ü\uD83D\uDE00', 'ü€', x'ff00', 'ab'), (12, x'818d', '', '', '', '')",
                        "INSERT INTO t (id, last) VALUES (13, NULL)",
                        "UPDATE t SET f4 = 16777216.0, f8 = 1.7976931348623157e308, vc = 'changed' WHERE id > 2");
            }
            it.same();
            assertThat(it.gaps()).isEmpty();
            assertThat(it.image()).hasSize(14);
            it.run("DELETE FROM t WHERE id > 6").same();
        }
    }

    @Test
    void randomValuesToo() throws Exception {
        try (Captured it = new Captured(server, "randomly")) {
            it.run(table(
                            "CREATE TABLE t (id int PRIMARY KEY, n decimal(30,10), f4 float, f8 double, h time(6), dt datetime(6), tz timestamp(6) NULL, b longblob,"
                                    + " u uuid, x varchar(300))"))
                    .start()
                    .same();
            Seeded.check(1, random -> {
                try (Connection connection = server.connect("randomly");
                        PreparedStatement insert = connection.prepareStatement(
                                "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, FROM_UNIXTIME(?), ?, ?, ?)")) {
                    Query.run(connection, "SET time_zone = '-03:00'");
                    for (int id = 0; id < 300; id++) {
                        fill(insert, id, random);
                        insert.execute();
                    }
                }
            });
            it.same();
            assertThat(it.image()).hasSize(300);
        }
    }

    private static void fill(PreparedStatement insert, int id, RandomGenerator random) throws Exception {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        insert.setInt(1, id);
        insert.setString(2, random.nextLong() % 100_000_000_000L + "." + random.nextInt(1_000_000_000));
        insert.setFloat(3, (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30))));
        insert.setDouble(4, random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300)));
        insert.setString(
                5,
                (random.nextBoolean() ? "-" : "") + random.nextInt(838) + ":" + random.nextInt(60) + ":"
                        + random.nextInt(60) + "." + random.nextInt(1_000_000));
        insert.setString(
                6,
                java.time.LocalDateTime.of(random.nextInt(1000, 9999), 1, 1, 0, 0)
                        .plusSeconds(random.nextInt(30_000_000))
                        .plusNanos(random.nextInt(1_000_000) * 1000L)
                        .toString());
        insert.setString(7, random.nextInt(1, Integer.MAX_VALUE) + "." + random.nextInt(1_000_000));
        insert.setBytes(8, bytes);
        insert.setString(
                9,
                new java.util.UUID(
                                random.nextLong() & ~0xF000L | random.nextLong(1, 8) << 12,
                                random.nextLong() & (1L << 62) - 1 | 1L << 63)
                        .toString());
        insert.setString(
                10,
                random.ints(random.nextInt(20), 1, 0xD7FF)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    @Test
    void whatTheLogDoesNotTellExactlyIsRefused() throws Exception {
        try (Captured it = new Captured(server, "refused")) {
            it.run("CREATE TABLE b (id int PRIMARY KEY, x text CHARACTER SET big5)");
            if (brand.mysql()) {
                assertThat(it.start().fault())
                        .isInstanceOf(UnsupportedFormatException.class)
                        .hasMessageContaining("refused.b.x text CHARACTER SET big5");
                it.run("CREATE TABLE g (id int PRIMARY KEY, p point)");
                assertThat(it.start().fault())
                        .isInstanceOf(UnsupportedFormatException.class)
                        .hasMessageContaining("table refused.g, column \"p\"");
                return;
            }
            it.run(
                    "CREATE TABLE a (id int PRIMARY KEY, ip inet6)",
                    "CREATE TABLE c (id int PRIMARY KEY, x text COMPRESSED)");
            assertThat(it.start().fault())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("refused.a.ip inet6")
                    .hasMessageContaining("refused.b.x text CHARACTER SET big5")
                    .hasMessageContaining("refused.c.x text");
        }
    }
}
