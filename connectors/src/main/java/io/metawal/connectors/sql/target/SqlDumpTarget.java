package io.metawal.connectors.sql.target;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code --into sql-dump:FILE}: a captured plain database as one file of SQL; see {@link SqlDump}. For one thread. */
public final class SqlDumpTarget implements RestoreTarget {
    private final SqlTargetOptions options;
    private final SqlDump dump;
    private @Nullable PlainEntries entries;
    private @Nullable RestorePoint point;

    /** @param engine null for the kind of database that was captured */
    public SqlDumpTarget(Path file, @Nullable SqlEngine engine, SqlTargetOptions options) {
        this.options = options;
        this.dump = new SqlDump(file, engine, options.schema(), SqlTarget.PLAIN);
    }

    @Override
    public String describe() {
        return dump.toString();
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        dump.check();
    }

    @Override
    public void examine(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport ready() {
        PlainEntries all = sorted();
        return report(all, dump.examine(all.content(), (table, value) -> RowCodec.decode(value)));
    }

    private PlainEntries sorted() {
        PlainEntries all = entries;
        if (all == null) {
            all = new PlainEntries(new Content(options.scratch()));
            entries = all;
        }
        return all;
    }

    private static RestoreReport report(PlainEntries all, LoadResult result) {
        List<String> notes = new ArrayList<>(result.notes());
        notes.addAll(all.notes());
        return new RestoreReport(result.rows(), result.leftOut(), all.ephemeral(), notes);
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        this.point = point;
        var unused = sorted();
    }

    @Override
    public void write(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        PlainEntries all = Objects.requireNonNull(entries, "prepare comes first");
        try (PublishedFile out = dump.begin()) {
            LoadResult result = dump.write(
                    Objects.requireNonNull(point),
                    all.content(),
                    (table, value) -> RowCodec.decode(value),
                    List.of(),
                    out);
            beforeVisible.run();
            out.publish();
            return report(all, result);
        }
    }

    @Override
    public void close() {
        if (entries != null) {
            entries.close();
        }
    }
}
