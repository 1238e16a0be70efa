package io.metawal.connectors.risingwave.sqltarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.sql.RowForm;
import io.metawal.connectors.risingwave.sql.RwSqlTables;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.target.Content;
import io.metawal.connectors.sql.target.DatabaseLoad;
import io.metawal.connectors.sql.target.LoadResult;
import io.metawal.connectors.sql.target.LoadRules;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.connectors.sql.target.Stage;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An empty SQL meta store of the same migration level as the place of a restore: rows as they were, the version as the checkpoint that the
 * meta node starts from. The files are asked for before the first row, the rows are read back before they can be seen, and the checkpoint
 * comes last. For one thread.
 */
public final class RwSqlTarget implements RestoreTarget {
    private final SqlUrl url;
    private final SqlTargetOptions options;
    private final RwPlaces places;
    private final RwFiles files;
    private final TimeTravel timeTravel;
    private final DatabaseLoad load;
    private @Nullable RwSqlEntries entries;
    private @Nullable Content content;
    private @Nullable RestorePoint point;

    public RwSqlTarget(SqlUrl url, SqlTargetOptions options, RwPlaces places, RwFiles files) {
        this(url, options, places, files, TimeTravel.WHERE_NEEDED);
    }

    RwSqlTarget(SqlUrl url, SqlTargetOptions options, RwPlaces places, RwFiles files, Stage.Watch watch) {
        this(url, options, places, files, TimeTravel.WHERE_NEEDED, watch);
    }

    public RwSqlTarget(SqlUrl url, SqlTargetOptions options, RwPlaces places, RwFiles files, TimeTravel timeTravel) {
        this(url, options, places, files, timeTravel, Stage.Watch.NONE);
    }

    RwSqlTarget(
            SqlUrl url,
            SqlTargetOptions options,
            RwPlaces places,
            RwFiles files,
            TimeTravel timeTravel,
            Stage.Watch watch) {
        this.url = url;
        this.options = options;
        this.places = places;
        this.files = files;
        this.timeTravel = timeTravel;
        this.load = new DatabaseLoad(url, options, rules(), watch);
    }

    /** In the order of RisingWave's own restore. */
    static LoadRules rules() {
        Comparator<SqlTable> wish = Comparator.<SqlTable>comparingInt(table ->
                        SqlModel.ofTable(table.name()).map(SqlModel::ordinal).orElse(Integer.MAX_VALUE))
                .thenComparing(SqlTable::name);
        return new LoadRules(
                (table, value) -> RowCodec.decode(value),
                wish,
                SqlModel.SEAQL_MIGRATIONS.table(),
                table -> RwSqlTables.VERSION_DELTA.equals(table) || RwSqlTables.tellsOfTheMoment(table),
                RwSqlTables::isStranger);
    }

    @Override
    public String describe() {
        return "risingwave+" + url;
    }

    /** Everything is written when it is published, and by then it is proven. */
    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        if (places.equals(RwPlaces.AS_CAPTURED)) {
            files.requireStopped(HummockParameters.UNKNOWN, HummockParameters.UNKNOWN);
        }
        try {
            load.check(point, how());
        } catch (MetawalException e) {
            if (e.code() == ExitCode.TARGET_NOT_EMPTY) {
                throw new MetawalException(
                        e.code(),
                        e.text()
                                + ". Two clusters must not run on the same SST files: stop the old one, and restore into an"
                                + " empty store. Rows that RisingWave's migrations begin with count too: delete them, but for"
                                + " " + SqlModel.SEAQL_MIGRATIONS.table()
                                + ", or use --create-schema in a database without"
                                + " tables",
                        e);
            }
            throw e;
        }
    }

    private String how() {
        Map<String, String> changed = places.parameters();
        return changed.isEmpty() ? "" : ", with " + changed;
    }

    @Override
    public void examine(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport ready() {
        RwSqlEntries all = sorted();
        Complete complete = complete(all);
        Content rows = all.content();
        RowForm form = new RowForm(all.store(), load.tables(rows));
        LoadResult expected = load.examine(rows, (table, value) -> all.captured(table, row(form, table, value)));
        return report(all, complete.version(), expected, List.of());
    }

    private RwSqlEntries sorted() {
        RwSqlEntries all = entries;
        if (all == null) {
            Content made = new Content(options.scratch());
            content = made;
            all = new RwSqlEntries(places, timeTravel, made);
            entries = all;
        }
        return all;
    }

    /** What is restored beside the rows, with its files looked for. */
    private record Complete(HummockVersion version, HummockParameters parameters) {}

    private Complete complete(RwSqlEntries all) {
        var unused = all.store();
        HummockVersion version = all.version();
        HummockParameters parameters = all.parameters();
        files.requireStopped(all.capturedParameters(), parameters);
        files.check(version, all.besides(), parameters);
        all.afterFiles(files.greatestObject(parameters));
        return new Complete(version, parameters);
    }

    private RestoreReport report(RwSqlEntries all, HummockVersion version, LoadResult result, List<String> more) {
        List<String> notes = new ArrayList<>(result.notes());
        notes.addAll(more);
        notes.addAll(all.notes(version));
        notes.addAll(files.notes());
        return new RestoreReport(result.rows(), result.leftOut(), all.ephemeral(), notes);
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        load.prepare(point, how());
        this.point = point;
        var unused = sorted();
    }

    @Override
    public void write(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        RwSqlEntries all = Objects.requireNonNull(entries, "prepare comes first");
        Complete complete = complete(all);
        Content rows = all.content();
        RowForm form = new RowForm(all.store(), load.tables(rows));
        LoadResult result = load.load(
                Objects.requireNonNull(point),
                how(),
                rows,
                (table, value) -> all.captured(table, row(form, table, value)),
                () -> {
                    files.checkpoint(complete.version(), complete.parameters());
                    beforeVisible.run();
                });
        return report(
                all,
                complete.version(),
                result,
                List.of(result.rows() + " rows were read back, digest " + result.digest()));
    }

    /** Rows of an imported snapshot become such as are captured. */
    static ByteString row(RowForm form, SqlTable table, ByteString value) {
        return SqlModel.ofTable(table.name())
                .map(model -> form.entry(
                                new Entry(new EntryKey(model.space(), ByteString.EMPTY), value, ByteString.EMPTY))
                        .value())
                .orElse(value);
    }

    @Override
    public void close() {
        try {
            if (content != null) {
                content.close();
            }
        } finally {
            load.close();
        }
    }
}
