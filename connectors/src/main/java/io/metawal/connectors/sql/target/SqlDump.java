package io.metawal.connectors.sql.target;

import io.metawal.connectors.file.CountedBytes;
import io.metawal.connectors.file.LineSink;
import io.metawal.connectors.file.PublishedFile;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.RestorePoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows as one file of SQL that {@code psql -v ON_ERROR_STOP=1 -f}, {@code mariadb <}, {@code mysql <} or {@code sqlite3 -bail} loads: a header
 * in comments, tables where asked for, one transaction. Names are without schema.
 */
public final class SqlDump {
    private final Path file;
    private final @Nullable SqlEngine asked;
    private final SqlTargetOptions.Schema schema;
    private final LoadRules rules;

    /** @param asked null for the kind of database that was captured */
    public SqlDump(Path file, @Nullable SqlEngine asked, SqlTargetOptions.Schema schema, LoadRules rules) {
        this.file = file;
        this.asked = asked;
        this.schema = schema;
        this.rules = rules;
    }

    /** Refuses a file that exists, or that cannot be made. */
    public void check() {
        PublishedFile.check(file);
    }

    /** As {@link #write} refuses, without writing anything; also a file that there is no room for. */
    public LoadResult examine(Content content, Content.Reader reader) {
        check();
        CountedBytes counted = new CountedBytes();
        RowDigests expected = write(engineOf(content), content, reader, List.of(), counted);
        PublishedFile.requireRoom(file, counted.bytes());
        return new LoadResult(expected.whole().count(), expected.whole(), List.of());
    }

    private SqlEngine engineOf(Content content) {
        if (content.captured().isEmpty()) {
            throw new UsageException("the image does not say what its tables look like, so no SQL can be written of it:"
                    + " restore into a database that has the tables");
        }
        SqlEngine captured = content.captured().values().iterator().next().engine();
        SqlEngine engine = asked == null ? captured : asked;
        if (schema == SqlTargetOptions.Schema.CREATE && kind(engine) != kind(captured)) {
            throw new UnsupportedFormatException(
                    "the tables were captured from " + captured.word() + ", and the dump is for " + engine.word()
                            + ": --create-schema makes tables only in the kind of database that they came from");
        }
        return engine;
    }

    @Override
    public String toString() {
        return "sql-dump:" + file;
    }

    /** Begins the file beside its place. */
    public PublishedFile begin() {
        check();
        return new PublishedFile(file);
    }

    /** Writes all of it, and compares what is on the disk with what was written. */
    public LoadResult write(
            RestorePoint point, Content content, Content.Reader reader, List<String> header, PublishedFile out) {
        SqlEngine engine = engineOf(content);
        RowDigests written = write(engine, content, reader, header(point, engine, header), out);
        out.verify();
        return new LoadResult(
                written.whole().count(),
                written.whole(),
                List.of("load it with " + DumpWriter.of(engine).command(file)));
    }

    private RowDigests write(
            SqlEngine engine, Content content, Content.Reader reader, List<String> header, LineSink out) {
        TableOrder order = TableOrder.of(content.captured().values(), rules.wish());
        RowDigests written = new RowDigests(RowDigests.Exactness.BYTES);
        DumpWriter writer = DumpWriter.of(engine);
        Consumer<String> lines = out::line;
        header.forEach(lines);
        writer.begin(lines);
        if (schema == SqlTargetOptions.Schema.CREATE) {
            order.tables().forEach(table -> writer.create(table, lines));
        }
        writer.before(order, content.counters(), schema, lines);
        for (SqlTable table : order.tables()) {
            if (table.name().equals(rules.migrations()) && schema == SqlTargetOptions.Schema.EXISTING) {
                lines.accept("DELETE FROM " + writer.name(table) + ";");
            }
            if (content.count(table.name()) > 0) {
                writer.open(table, out);
                content.forEach(table, reader, row -> {
                    written.add(table, row);
                    writer.row(table, row, out);
                });
                writer.end(out);
            }
        }
        writer.after(order, content.counters(), written, schema, lines);
        lines.accept("COMMIT;");
        return written;
    }

    private static SqlEngine kind(SqlEngine engine) {
        return engine == SqlEngine.MARIADB ? SqlEngine.MYSQL : engine;
    }

    private static List<String> header(RestorePoint point, SqlEngine engine, List<String> more) {
        List<String> lines = new ArrayList<>();
        lines.add("-- metawal: SQL for " + engine.word());
        lines.add("-- cluster " + point.cluster().replaceAll("[\r\n]", " "));
        lines.add("-- timeline " + point.provenance().timeline() + ", seq "
                + point.provenance().seq() + ", epoch " + point.provenance().epoch());
        lines.add("-- image digest " + point.provenance().digest());
        more.forEach(line -> lines.add("-- " + line.replaceAll("[\r\n]", " ")));
        return lines;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
