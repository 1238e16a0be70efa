package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an image must hold of a database that is captured without interpretation, read from the database itself at one moment. */
public final class SameAsDatabase {
    private SameAsDatabase() {}

    /** Rows and tables, by space and key, as text. */
    public static Map<String, String> database(SqlUrl url, Set<String> excluded) {
        JdbcDialect dialect = JdbcDialect.of(url.engine());
        Map<String, String> found = new TreeMap<>();
        try (Connection connection = dialect.open(url)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                if (!excluded.contains(table.name())) {
                    put(found, TableEntries.entry(table));
                    String space = SqlSpaces.of(table.schema(), table.name()).name();
                    dialect.read(
                            connection,
                            table,
                            row -> found.put(
                                    space + " " + row.key(table.primaryKey()),
                                    RowCodec.encode(row).toStringUtf8()));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The same of an image. */
    public static Map<String, String> image(ImageView image) {
        Map<String, String> found = new TreeMap<>();
        try (EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                String space = entry.entryKey().space().name();
                if (space.startsWith("sql.") || space.equals(TableEntries.SPACE.name())) {
                    put(found, entry);
                }
            }
        }
        return found;
    }

    private static void put(Map<String, String> into, Entry entry) {
        into.put(
                entry.entryKey().space().name() + " " + entry.entryKey().key().toStringUtf8(),
                entry.value().toStringUtf8());
    }
}
