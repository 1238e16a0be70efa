package io.metawal.connectors.risingwave.sqltarget;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.sql.RowForm;
import io.metawal.connectors.risingwave.sql.RwSqlStore;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.target.Content;
import io.metawal.connectors.sql.target.LoadResult;
import io.metawal.connectors.sql.target.SqlDump;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code --into sql-dump:FILE} of a captured RisingWave: its meta store as one file of SQL, and the Hummock version in {@code
 * FILE.checkpoint}, which the operator puts in the place of {@code checkpoint/0} once the SQL is loaded. For one thread.
 */
public final class RwSqlDumpTarget implements RestoreTarget {
    /** Any release reads what this one wrote. */
    private static final RwVersion READ_BY_ALL = RwVersion.parse("2.1.0");

    private final Path file;
    private final @Nullable SqlEngine engine;
    private final SqlTargetOptions options;
    private final RwPlaces places;
    private final RwFiles files;
    private final TimeTravel timeTravel;
    private final SqlDump dump;
    private final SqlDump checkpoint;
    private @Nullable RwSqlEntries entries;
    private @Nullable Content content;
    private @Nullable RestorePoint point;

    public RwSqlDumpTarget(
            Path file, @Nullable SqlEngine engine, SqlTargetOptions options, RwPlaces places, RwFiles files) {
        this(file, engine, options, places, files, TimeTravel.WHERE_NEEDED);
    }

    /**
     * @param engine null for the kind of database that was captured
     * @param files asked whether they are there; no checkpoint is written to them
     */
    public RwSqlDumpTarget(
            Path file,
            @Nullable SqlEngine engine,
            SqlTargetOptions options,
            RwPlaces places,
            RwFiles files,
            TimeTravel timeTravel) {
        this.file = file;
        this.engine = engine;
        this.options = options;
        this.places = places;
        this.files = files;
        this.timeTravel = timeTravel;
        this.dump = new SqlDump(file, engine, options.schema(), RwSqlTarget.rules());
        this.checkpoint = new SqlDump(checkpointFile(), engine, options.schema(), RwSqlTarget.rules());
    }

    private Path checkpointFile() {
        return file.resolveSibling(file.getFileName() + ".checkpoint");
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
        checkpoint.check();
    }

    @Override
    public void examine(Entry entry) {
        sorted().add(entry);
    }

    @Override
    public RestoreReport ready() {
        RwSqlEntries all = sorted();
        HummockVersion version = version(all);
        RowForm form = new RowForm(all.store(), all.content().captured().values());
        LoadResult expected =
                dump.examine(all.content(), (table, value) -> all.captured(table, RwSqlTarget.row(form, table, value)));
        PublishedFile.requireRoom(checkpointFile(), checkpoint(version).length);
        return report(all, expected, "Hummock version " + Long.toUnsignedString(version.getId()));
    }

    private static byte[] checkpoint(HummockVersion version) {
        return CheckpointCodec.encode(
                HummockVersionCheckpoint.newBuilder().setVersion(version).build(), READ_BY_ALL);
    }

    private HummockVersion version(RwSqlEntries all) {
        requireSameKind(all.store());
        HummockVersion version = all.version();
        HummockParameters parameters = all.parameters();
        files.check(version, all.besides(), parameters);
        all.afterFiles(files.greatestObject(parameters));
        return version;
    }

    private static RestoreReport report(RwSqlEntries all, LoadResult result, String last) {
        List<String> notes = new ArrayList<>(result.notes());
        notes.add(last);
        notes.addAll(all.leftOut());
        return new RestoreReport(result.rows(), result.leftOut(), all.ephemeral(), notes);
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
        RwSqlEntries all = Objects.requireNonNull(entries, "prepare comes first");
        HummockVersion version = version(all);
        Content rows = all.content();
        String last = "once it is loaded, and before the first start, put " + checkpointFile() + " at "
                + all.parameters().dataDirectory() + "/checkpoint/0: without it the store and its files do not fit";
        RowForm form = new RowForm(all.store(), rows.captured().values());
        try (PublishedFile sql = dump.begin();
                PublishedFile base = checkpoint.begin()) {
            LoadResult result = dump.write(
                    Objects.requireNonNull(point),
                    rows,
                    (table, value) -> all.captured(table, RwSqlTarget.row(form, table, value)),
                    List.of(last),
                    sql);
            base.write(checkpoint(version));
            base.verify();
            beforeVisible.run();
            // The file that is loaded comes last: where it is, the checkpoint is, too.
            PublishedFile.publishAll(List.of(base, sql));
            return report(all, result, last);
        }
    }

    /** A file converts nothing: what the tables of one kind hold as text stands as bytes in those of another. */
    private void requireSameKind(RwSqlStore store) {
        SqlEngine captured = store.engine();
        if (engine != null && captured != null && !engine.isLike(captured)) {
            throw new UnsupportedFormatException(dump + ": a RisingWave captured from " + captured.word()
                    + " cannot become a dump for " + engine.word()
                    + ", whose tables hold some values in other types. Restore it into a database of that kind with --into"
                    + " risingwave+…, which converts them, or leave ?engine= away");
        }
    }

    @Override
    public void close() {
        if (content != null) {
            content.close();
        }
    }
}
