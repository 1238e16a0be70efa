package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Random tables with random rows: keys of one and two columns, counters, references up, down, to themselves and in a circle. */
final class RandomSchema {
    private static final String NASTY =
            "aZ09 \t\n\r\\'\"`%_/{}[]:,;|\u0001\u001f\u007fé€\u2028\uD83D\uDE00$?@#-.\\N\\.";
    private static final Map<SqlEngine, List<String>> TYPES = Map.of(
            SqlEngine.POSTGRESQL,
            List.of(
                    "boolean",
                    "integer",
                    "bigint",
                    "numeric",
                    "numeric(12,3)",
                    "real",
                    "double precision",
                    "text",
                    "varchar(64)",
                    "bytea",
                    "json",
                    "jsonb",
                    "uuid",
                    "date",
                    "time",
                    "timestamp",
                    "timestamptz"),
            SqlEngine.MARIADB,
            List.of(
                    "boolean",
                    "int",
                    "bigint",
                    "bigint unsigned",
                    "decimal(12,3)",
                    "float",
                    "double",
                    "longtext",
                    "varchar(64)",
                    "longblob",
                    "json",
                    "uuid",
                    "date",
                    "time(6)",
                    "datetime(6)",
                    "timestamp(6) NULL",
                    "binary(16)"),
            SqlEngine.MYSQL,
            List.of(
                    "boolean",
                    "int",
                    "bigint",
                    "bigint unsigned",
                    "decimal(12,3)",
                    "float",
                    "double",
                    "longtext",
                    "varchar(64)",
                    "longblob",
                    "json",
                    "date",
                    "time(6)",
                    "datetime(6)",
                    "timestamp(6) NULL",
                    "binary(16)"),
            SqlEngine.SQLITE,
            List.of(
                    "boolean",
                    "integer",
                    "bigint",
                    "real",
                    "text",
                    "varchar(64)",
                    "blob",
                    "jsonb_text",
                    "timestamp_text",
                    "date_text"));

    private final RandomGenerator random;

    RandomSchema(RandomGenerator random) {
        this.random = random;
    }

    /** Makes tables in an empty database, and rows; what it returns is what was generated. */
    Map<String, List<SqlRow>> fill(SqlUrl url, int tablesMax, int rowsMax) throws SQLException {
        JdbcDialect dialect = JdbcDialect.of(url.engine());
        SqlEngine engine = TestDatabases.engine(url);
        try (Connection connection = dialect.open(url)) {
            List<String> later = new ArrayList<>();
            int tables = random.nextInt(1, tablesMax + 1);
            for (int n = 0; n < tables; n++) {
                Query.run(connection, create(engine, n, tables, later));
            }
            Query.run(connection, later.toArray(String[]::new));
            Map<String, List<SqlRow>> all = new TreeMap<>();
            TargetEngine target = TargetEngine.of(engine);
            target.begin(connection);
            List<SqlTable> described = dialect.describe(connection, url.schema());
            for (SqlTable table : described) {
                target.unlink(connection, table);
            }
            Map<String, Integer> counts = new TreeMap<>();
            described.forEach(table -> counts.put(table.name(), random.nextInt(rowsMax + 1)));
            for (SqlTable table : described) {
                all.put(table.name(), rows(connection, target, table, counts));
            }
            for (SqlTable table : described) {
                target.link(connection, table);
            }
            target.commit(connection);
            return all;
        }
    }

    private String create(SqlEngine engine, int n, int tables, List<String> later) {
        String name = name(n);
        List<String> lines = new ArrayList<>();
        boolean counter = random.nextBoolean();
        lines.add("id " + key(engine, counter));
        if (random.nextInt(3) == 0) {
            String other = name(random.nextInt(tables));
            String link = "FOREIGN KEY (ref) REFERENCES " + other + "(id)";
            lines.add("ref bigint");
            if (engine == SqlEngine.SQLITE) {
                lines.add(link);
            } else {
                later.add("ALTER TABLE " + name + " ADD CONSTRAINT fk_" + n + " " + link);
            }
        }
        List<String> types = Objects.requireNonNull(TYPES.get(engine));
        int columns = random.nextInt(1, 8);
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            String type = types.get(random.nextInt(types.size()));
            boolean nullable = type.endsWith("NULL") || random.nextInt(3) > 0;
            plain.add("c" + i + " " + type + (nullable ? "" : " NOT NULL"));
        }
        lines.addAll(engine == SqlEngine.SQLITE ? 1 : lines.size(), plain);
        String end = engine == SqlEngine.MARIADB ? " ENGINE=InnoDB" : "";
        return "CREATE TABLE " + name + " (" + String.join(", ", lines) + ")" + end;
    }

    /** Not in the order in which they refer to each other. */
    private static String name(int n) {
        return "t" + (n * 7 % 10) + "_" + n;
    }

    private static String key(SqlEngine engine, boolean counter) {
        return switch (engine) {
            case POSTGRESQL -> counter ? "bigserial PRIMARY KEY" : "bigint PRIMARY KEY";
            case SQLITE -> counter ? "integer PRIMARY KEY AUTOINCREMENT" : "bigint PRIMARY KEY";
            default -> counter ? "bigint AUTO_INCREMENT PRIMARY KEY" : "bigint PRIMARY KEY";
        };
    }

    private List<SqlRow> rows(Connection connection, TargetEngine target, SqlTable table, Map<String, Integer> counts)
            throws SQLException {
        List<SqlRow> rows = new ArrayList<>();
        RowWriter writer = target.writer(connection, table);
        int count = counts.getOrDefault(table.name(), 0);
        int referred = counts.getOrDefault(
                table.parents().isEmpty() ? table.name() : table.parents().get(0), 0);
        for (long id = 1; id <= count; id++) {
            Map<String, @Nullable Object> values = new TreeMap<>();
            for (SqlColumn column : table.columns()) {
                boolean none = column.name().equals("ref") || column.nullable() && random.nextInt(4) == 0;
                values.put(column.name(), none ? null : value(table.engine(), column));
            }
            if (values.containsKey("ref") && referred > 0) {
                values.put("ref", random.nextLong(1, referred + 1) * 3);
            }
            values.put("id", id * 3);
            SqlRow row = SqlRow.of(values);
            rows.add(row);
            writer.add(row);
        }
        writer.finish();
        rows.sort(java.util.Comparator.comparing(row -> row.key(table.primaryKey())));
        return rows;
    }

    private Object value(SqlEngine engine, SqlColumn column) {
        return switch (column.type()) {
            case BOOL -> random.nextBoolean();
            case INTEGER -> column.declared().startsWith("int") ? (long) random.nextInt() : longs();
            case DECIMAL ->
                column.declared().contains("unsigned")
                        ? Long.toUnsignedString(longs())
                        : random.nextInt(-99999, 99999) + "." + random.nextInt(100, 999);
            case FLOAT ->
                column.declared().equals("real") && engine == SqlEngine.POSTGRESQL
                                || column.declared().equals("float")
                        ? (double) (float) random.nextGaussian()
                        : random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300));
            case TEXT -> text(column.declared().contains("64") ? 20 : 2000);
            case BYTES -> bytes(column.declared().equals("binary(16)") ? 16 : random.nextInt(3000));
            case JSON ->
                new JsonText(
                        column.declared().equals("jsonb")
                                ? "{\"a\": [1, 2.50, null], \"b c\": \"\\\\ \\n'é\"}"
                                : engine == SqlEngine.MYSQL
                                        ? "{\"a\": [" + random.nextInt() + ", 2.5, \"\\u0001\\\\n'é\"], \"b c\": {}}"
                                        : "{ \"b\" :1,\"a\":[ " + random.nextInt() + ",\"\\u0001\\\\n'\"]}");
            case UUID ->
                UUID.nameUUIDFromBytes(text(20).getBytes(StandardCharsets.UTF_8))
                        .toString();
            case DATE -> "20" + two(99) + "-0" + random.nextInt(1, 10) + "-1" + random.nextInt(10);
            case TIME -> two(24) + ":" + two(60) + ":" + two(60) + fraction();
            case TIMESTAMP ->
                "20" + two(30) + "-0" + random.nextInt(1, 10) + "-2" + random.nextInt(9) + " " + two(24) + ":" + two(60)
                        + ":" + two(60) + fraction();
            case TIMESTAMP_ZONED ->
                "20" + two(30) + "-03-0" + random.nextInt(1, 10) + " " + two(24) + ":00:00" + fraction() + "Z";
            case PRINTED -> "";
        };
    }

    private String two(int max) {
        return String.format("%02d", random.nextInt(max));
    }

    private String fraction() {
        return random.nextBoolean()
                ? ""
                : String.format(".%06d", random.nextInt(1, 1_000_000)).replaceFirst("0+$", "");
    }

    private long longs() {
        return switch (random.nextInt(4)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            case 2 -> random.nextInt(-3, 3);
            default -> random.nextLong();
        };
    }

    private String text(int max) {
        int[] nasty = NASTY.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(max); length > 0; length--) {
            text.appendCodePoint(nasty[random.nextInt(nasty.length)]);
        }
        return text.toString();
    }

    private ByteString bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
