package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A plain database as the place of a restore: tables that were captured as {@code sql.<schema>.<table>}, into empty ones. Nothing is written
 * before it is published, but temporary files. For one thread.
 */
public final class SqlTarget implements RestoreTarget {
    static final LoadRules PLAIN = new LoadRules(
            (table, value) -> RowCodec.decode(value),
            Comparator.comparing(SqlTable::name),
            "",
            table -> false,
            table -> false);

    private final SqlUrl url;
    private final SqlTargetOptions options;
    private final DatabaseLoad load;
    private @Nullable PlainEntries entries;
    private @Nullable RestorePoint point;

    public SqlTarget(SqlUrl url, SqlTargetOptions options) {
        this(url, options, Stage.Watch.NONE);
    }

    SqlTarget(SqlUrl url, SqlTargetOptions options, Stage.Watch watch) {
        this.url = url;
        this.options = options;
        this.load = new DatabaseLoad(url, options, PLAIN, watch);
    }

    @Override
    public String describe() {
        return url.toString();
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        load.check(point, "");
    }

    @Override
    public void examine(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport ready() {
        PlainEntries all = sorted();
        return report(all, load.examine(all.content(), (table, value) -> RowCodec.decode(value)), List.of());
    }

    private PlainEntries sorted() {
        PlainEntries all = entries;
        if (all == null) {
            all = new PlainEntries(new Content(options.scratch()));
            entries = all;
        }
        return all;
    }

    private static RestoreReport report(PlainEntries all, LoadResult result, List<String> more) {
        List<String> notes = new ArrayList<>(result.notes());
        notes.addAll(more);
        notes.addAll(all.notes());
        return new RestoreReport(result.rows(), result.leftOut(), all.ephemeral(), notes);
    }

    @Override
    public void prepare(RestorePoint point) {
        load.prepare(point, "");
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
        Content content = all.content();
        LoadResult result = load.load(
                Objects.requireNonNull(point), "", content, (table, value) -> RowCodec.decode(value), beforeVisible);
        return report(all, result, List.of(result.rows() + " rows were read back, digest " + result.digest()));
    }

    @Override
    public void close() {
        try {
            if (entries != null) {
                entries.close();
            }
        } finally {
            load.close();
        }
    }
}
