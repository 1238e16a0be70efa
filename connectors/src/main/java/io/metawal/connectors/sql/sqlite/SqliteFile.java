package io.metawal.connectors.sql.sqlite;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlFaults;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SQLite file with a connection that is kept: only the same connection can tell, by {@code PRAGMA data_version}, that nobody committed since.
 * For one thread.
 *
 * <p>Header, as SQLite's file format has it: the change counter is the 32 bits at offset 24, big-endian.
 */
final class SqliteFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
    private static final int CHANGE_COUNTER = 24;
    static final String SCHEMA = "main";

    private final Path file;
    private final String inode;
    private final Identity says;
    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.SQLITE);
    private final Connection connection;

    /** Whether the rows say which cluster they are of. */
    enum Identity {
        NONE,
        /** RisingWave's: the only row of {@code cluster}. */
        CLUSTER_ID
    }

    private SqliteFile(Path file, Identity says) {
        this.file = file;
        this.says = says;
        this.inode = inodeOf(file);
        this.connection = dialect.open(new SqlUrl(SqlEngine.SQLITE, "", 0, "", SCHEMA, "", "", Map.of(), file));
    }

    /** @throws UnreachableException where there is no such file just now */
    static SqliteFile open(Path file, Identity says) {
        return new SqliteFile(file, says);
    }

    private static String inodeOf(Path file) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? "" : key.toString();
        } catch (IOException e) {
            throw new UnreachableException("sqlite:" + file + " is not there, or cannot be read: " + e, e);
        }
    }

    /**
     * That the path still names the file that is open here.
     *
     * @throws UnreachableException where it does not: it is to be opened anew
     */
    void check() {
        if (!inodeOf(file).equals(inode)) {
            throw new UnreachableException("sqlite:" + file + " was replaced by another file: it is opened anew");
        }
    }

    /** Grows whenever another connection committed; of the open transaction, where there is one. */
    long dataVersion() {
        return number("PRAGMA data_version");
    }

    private long number(String sql) {
        return SqlFaults.calling(toString(), sql, () -> {
            String value = Query.value(connection, sql);
            return value == null ? 0L : Long.parseLong(value);
        });
    }

    /** All that is read from here to {@link #end} is of one moment. */
    void begin() {
        run("BEGIN");
        // Only the first read takes hold of it.
        var unused = number("SELECT COUNT(*) FROM sqlite_master");
    }

    void end() {
        run("COMMIT");
    }

    private void run(String sql) {
        SqlFaults.doing(toString(), sql, () -> Query.run(connection, sql));
    }

    FileState state() {
        return new FileState(file.toString(), inode, identity(), number("PRAGMA schema_version"), changeCounter());
    }

    private String identity() {
        String sql = "SELECT CASE typeof(cluster_id) WHEN 'blob' THEN hex(cluster_id) ELSE cluster_id END FROM cluster";
        if (says == Identity.NONE
                || number("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'cluster'") == 0) {
            return "";
        }
        return SqlFaults.calling(toString(), sql, () -> {
            String id = Query.value(connection, sql);
            return id == null ? "" : id;
        });
    }

    private long changeCounter() {
        try (RandomAccessFile header = new RandomAccessFile(file.toFile(), "r")) {
            header.seek(CHANGE_COUNTER);
            byte[] bytes = new byte[Integer.BYTES];
            header.readFully(bytes);
            return HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(bytes));
        } catch (IOException e) {
            throw new UnreachableException("sqlite:" + file + " has no header that can be read: " + e, e);
        }
    }

    List<SqlTable> tables() {
        return SqlFaults.calling(toString(), "its tables", () -> dialect.describe(connection, SCHEMA));
    }

    void read(SqlTable table, Consumer<SqlRow> rows) {
        SqlFaults.doing(toString(), "rows of " + table, () -> dialect.read(connection, table, rows));
    }

    OptionalLong counter(SqlTable table) {
        return SqlFaults.calling(toString(), "the counter of " + table, () -> dialect.counterNext(connection, table));
    }

    @Override
    public String toString() {
        return "sqlite:" + file;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException onlyRead) {
            LOG.debug("{} was not closed: {}", this, onlyRead.toString());
        }
    }
}
