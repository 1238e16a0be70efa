package io.metawal.connectors.sql.jdbc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows and tables as tests want them. */
final class Rows {
    private Rows() {}

    static SqlRow row(@Nullable Object... namesAndValues) {
        TreeMap<String, @Nullable Object> values = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return SqlRow.of(values);
    }

    static List<SqlRow> all(JdbcDialect dialect, Connection connection, SqlTable table) throws SQLException {
        List<SqlRow> rows = new ArrayList<>();
        dialect.read(connection, table, rows::add);
        return rows;
    }

    static SqlTable table(JdbcDialect dialect, Connection connection, String schema, String name) throws SQLException {
        return dialect.describe(connection, schema).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Makes a table again out of its description, all foreign keys last. */
    static void create(Connection connection, List<SqlTable> tables) throws SQLException {
        for (Function<SqlTable, List<String>> part :
                List.<Function<SqlTable, List<String>>>of(SqlTable::ddl, SqlTable::links)) {
            for (SqlTable table : tables) {
                for (String statement : part.apply(table)) {
                    Query.run(connection, statement);
                }
            }
        }
    }

    /** Descriptions as they stand in the log, so that a difference can be read. */
    static List<String> shown(List<SqlTable> tables) {
        return tables.stream()
                .map(table -> TableEntries.entry(table).value().toStringUtf8()
                        + TableEntries.entry(table).meta())
                .toList();
    }

    static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    static byte[] large(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }
}
