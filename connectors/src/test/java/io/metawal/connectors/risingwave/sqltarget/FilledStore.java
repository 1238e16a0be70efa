package io.metawal.connectors.risingwave.sqltarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.risingwave.sql.RwSqlStore;
import io.metawal.connectors.risingwave.sql.RwSqlTables;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.connectors.sql.target.TestDatabases;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A meta store in which every table has five rows: every number in row N is N, so that whatever refers to something finds it. */
final class FilledStore {
    static final long VERSION = 77;
    private static final int ROWS = 5;
    private static final List<String> PARAMETERS =
            List.of("state_store", "data_directory", "other 3", "other 4", "other 5");

    final SqlUrl url;
    private final SqlEngine engine;

    FilledStore(SqlUrl url, SqlLevel level) throws SQLException {
        this.url = url;
        this.engine = TestDatabases.engine(url);
        makeEmpty(url, level);
        JdbcDialect dialect = JdbcDialect.of(engine);
        try (Connection connection = TestDatabases.openUnsynced(url)) {
            withoutLinks(connection);
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                if (!table.name().equals("seaql_migrations")) {
                    fill(connection, dialect, table);
                }
            }
        }
    }

    /** A store of a level with its migrations alone, applied at another time. */
    static void makeEmpty(SqlUrl url, SqlLevel level) throws SQLException {
        SqlEngine engine = TestDatabases.engine(url);
        JdbcDialect dialect = JdbcDialect.of(engine);
        try (Connection connection = TestDatabases.openUnsynced(url)) {
            level.create(connection, engine);
        }
        try (Connection connection = TestDatabases.openUnsynced(url)) {
            for (String table : List.of("database", "schema", "object", "user")) {
                if (engine != SqlEngine.POSTGRESQL) {
                    withoutLinksOf(connection, engine);
                }
                Query.run(connection, "DELETE FROM " + dialect.quoted(table));
            }
        }
    }

    private void withoutLinks(Connection connection) throws SQLException {
        withoutLinksOf(connection, engine);
    }

    private static void withoutLinksOf(Connection connection, SqlEngine engine) throws SQLException {
        switch (engine) {
            case POSTGRESQL -> Query.run(connection, "SET session_replication_role = replica");
            case MYSQL, MARIADB -> Query.run(connection, "SET foreign_key_checks = 0");
            case SQLITE -> Query.run(connection, "PRAGMA foreign_keys = OFF");
        }
    }

    private static void fill(Connection connection, JdbcDialect dialect, SqlTable table) throws SQLException {
        List<String> names = table.columns().stream()
                .map(column -> dialect.quoted(column.name()))
                .toList();
        String places = String.join(",", java.util.Collections.nCopies(names.size(), "?"));
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + dialect.quoted(table) + " ("
                + String.join(",", names) + ") VALUES (" + places + ")")) {
            for (int n = 1; n <= ROWS; n++) {
                int at = 1;
                for (SqlColumn column : table.columns()) {
                    insert.setObject(at++, value(table, column, n));
                }
                insert.executeUpdate();
            }
        }
    }

    private static Object value(SqlTable table, SqlColumn column, int n) {
        if (table.name().equals("system_parameter") && column.name().equals("name")) {
            return PARAMETERS.get(n - 1);
        }
        if (table.name().equals("hummock_sequence") && column.name().equals("name")) {
            return "sequence " + n;
        }
        if (table.name().equals("hummock_table_change_log") && column.type() == SqlType.BYTES) {
            // Messages, which are looked into for the files that they name.
            return new byte[0];
        }
        return switch (column.type()) {
            case BOOL -> n % 2 == 0;
            case INTEGER, DECIMAL, FLOAT -> n;
            case BYTES ->
                column.declared().equals("binary(16)")
                        ? ("0123456789abcde" + n).getBytes(java.nio.charset.StandardCharsets.US_ASCII)
                        : new byte[] {0, (byte) n, -1, '\\', '\n'};
            case JSON -> "[1, " + n + "]";
            case UUID -> "00000000-0000-0000-0000-00000000000" + n;
            case DATE -> "2024-05-0" + n;
            case TIME -> "12:00:00";
            case TIMESTAMP -> "2024-05-0" + n + " 12:00:00.12345";
            case TIMESTAMP_ZONED ->
                table.engine() == SqlEngine.POSTGRESQL ? "2024-05-01 12:00:00Z" : "2024-05-01 12:00:00";
            case TEXT, PRINTED ->
                column.declared().contains("(") && column.declared().length() < 12 ? "t" + n : "text '\\ " + n;
        };
    }

    /** As a capture tells it. */
    List<Entry> entries() throws SQLException {
        List<Entry> entries = new ArrayList<>();
        JdbcDialect dialect = JdbcDialect.of(engine);
        try (Connection connection = dialect.open(url)) {
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                entries.add(TableEntries.entry(table));
                if (!table.name().equals(RwSqlTables.VERSION_DELTA)) {
                    dialect.read(
                            connection,
                            table,
                            row -> entries.add(new Entry(
                                    new EntryKey(
                                            RwSqlTables.space(table),
                                            ByteString.copyFromUtf8(row.key(table.primaryKey()))),
                                    RowCodec.encode(row),
                                    ByteString.EMPTY)));
                }
            }
        }
        String migration = entries.stream()
                .filter(entry -> entry.entryKey().space().equals(SqlModel.SEAQL_MIGRATIONS.space()))
                .map(entry -> entry.entryKey().key().toStringUtf8())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        entries.add(new RwSqlStore(engine, RwSqlStore.Form.ROWS, migration, RwVersion.parse("2.6.0")).entry());
        entries.add(new Entry(
                new EntryKey(RwSpaces.ID_AUTO_INCREMENT, ByteString.copyFromUtf8("object")),
                ByteString.copyFromUtf8("1000"),
                ByteString.EMPTY));
        VersionEntries.split(HummockVersion.newBuilder().setId(VERSION).build(), entries::add);
        return entries;
    }

    static Entry unapplied(long id) {
        HummockVersionDelta delta = HummockVersionDelta.newBuilder()
                .setId(id)
                .setPrevId(id - 1)
                .setTrivialMove(true)
                .build();
        return new Entry(
                new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toString(id))),
                delta.toByteString(),
                ByteString.EMPTY);
    }

    static List<SqlTable> tables(SqlUrl url) {
        return TestDatabases.tables(url);
    }
}
