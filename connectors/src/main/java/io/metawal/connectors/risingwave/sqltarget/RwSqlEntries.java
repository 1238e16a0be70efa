package io.metawal.connectors.risingwave.sqltarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.outside.ObjectIdFloor;
import io.metawal.connectors.risingwave.outside.OutsideState;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.sql.RwSqlStore;
import io.metawal.connectors.risingwave.sql.RwSqlTables;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.connectors.sql.target.Content;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Sorts the entries of a RisingWave on SQL: the Hummock version, and what goes into tables. */
final class RwSqlEntries {
    private final RwPlaces places;
    private final Content content;
    private final VersionAssembler version = new VersionAssembler();
    private final Map<String, String> parameters = new HashMap<>();
    private final Map<String, String> capturedParameters = new HashMap<>();
    private final ObjectIds besides = new ObjectIds();
    private final OutsideState outside = new OutsideState();
    private final TimeTravel timeTravel;
    private @Nullable RwSqlStore store;
    private long ephemeral;
    private long unapplied;
    private long timeTravelRows;
    private long nextObject;
    private List<String> idNotes = List.of();

    RwSqlEntries(RwPlaces places, TimeTravel timeTravel, Content content) {
        this.places = places;
        this.timeTravel = timeTravel;
        this.content = content;
    }

    void add(Entry entry) {
        EntryKey key = entry.entryKey();
        Space space = key.space();
        SqlModel model = SqlModel.ofSpace(space).orElse(null);
        outside.add(entry);
        if (key.equals(RwSpaces.STORE)) {
            store = RwSqlStore.parse(entry.value()).orElse(null);
        } else if (model != null) {
            note(model, entry.value());
            content.row(model.table(), entry.value());
        } else if (space.equals(TableEntries.SPACE)) {
            content.table(TableEntries.parse(entry));
        } else if (space.equals(RwSpaces.ID_AUTO_INCREMENT)) {
            content.counter(
                    key.key().toStringUtf8(), Long.parseLong(entry.value().toStringUtf8()));
        } else if (space.equals(RwSpaces.UNAPPLIED)) {
            unapplied++;
            content.row(RwSqlTables.VERSION_DELTA, DeltaRow.of(entry.value()));
        } else if (space.name().startsWith("sql.")) {
            content.row(space, entry.value());
        } else if (!TimeTravel.table(key).isEmpty() && restoresTimeTravel()) {
            timeTravelRow(TimeTravel.table(key), entry.value());
        } else if (CategoryRules.DEFAULT.categoryOf(key) == Category.EPHEMERAL) {
            ephemeral++;
        } else {
            version.add(entry);
        }
    }

    /** Known by the first of their rows: jobs come before them in the order of keys. */
    private boolean restoresTimeTravel() {
        return switch (timeTravel) {
            case ALWAYS -> true;
            case NEVER -> false;
            case WHERE_NEEDED -> !outside.backfilling().isEmpty();
        };
    }

    private void timeTravelRow(String table, ByteString row) {
        timeTravelRows++;
        content.row(table, row);
        if (table.equals(TimeTravel.SST) && RowCodec.decode(row).value("object_id") instanceof Long object) {
            besides.add(ObjectIds.Kind.SST, object);
        }
    }

    private void note(SqlModel model, ByteString row) {
        if (model == SqlModel.SYSTEM_PARAMETER) {
            ParameterRow parameter = ParameterRow.of(row);
            capturedParameters.put(parameter.name(), parameter.value());
            parameters.put(parameter.name(), places.parameters().getOrDefault(parameter.name(), parameter.value()));
        } else if (model == SqlModel.HUMMOCK_TABLE_CHANGE_LOG) {
            besides.addChangeLogRow(row);
        }
    }

    RwSqlStore store() {
        RwSqlStore known = store;
        if (known == null) {
            throw new UsageException("what was captured is no RisingWave meta store on SQL, so it cannot become one:"
                    + " restore it into the kind of store that it came from, or into ndjson:FILE");
        }
        return known;
    }

    /** All entries were added. */
    Content content() {
        content.nameSpaces();
        return content;
    }

    HummockVersion version() {
        return version.assemble();
    }

    /** Those of the cluster that was captured. */
    HummockParameters capturedParameters() {
        return HummockParameters.of(capturedParameters);
    }

    /** Objects that rows refer to beside the version: change logs from v3.0 on, and time travel. */
    ObjectIds besides() {
        return besides;
    }

    /** Lets the generator of objects' ids continue after every file that is there. */
    void afterFiles(OptionalLong greatest) {
        nextObject = ObjectIdFloor.next(greatest);
    }

    HummockParameters parameters() {
        return HummockParameters.of(parameters);
    }

    /** A row of a system parameter with the value that the restored cluster is to have. */
    SqlRow placed(SqlTable table, SqlRow row) {
        if (table.name().equals(SqlModel.HUMMOCK_SEQUENCE.table())) {
            return ahead(row);
        }
        if (!table.name().equals(SqlModel.SYSTEM_PARAMETER.table())) {
            return row;
        }
        String changed = places.parameters().get(String.valueOf(row.value("name")));
        return changed == null ? row : row.with("value", changed);
    }

    /** The sequence is the next id to hand out. */
    private SqlRow ahead(SqlRow row) {
        if ("sstable_object".equals(row.value("name")) && row.value("seq") instanceof Long next && next < nextObject) {
            idNotes = List.of(ObjectIdFloor.note(nextObject - 1 - ObjectIdFloor.MARGIN, next, nextObject));
            return row.with("seq", nextObject);
        }
        return row;
    }

    SqlRow captured(SqlTable table, ByteString value) {
        return placed(table, RowCodec.decode(value));
    }

    long ephemeral() {
        return ephemeral;
    }

    List<String> notes(HummockVersion whole) {
        List<String> notes = new ArrayList<>();
        notes.add("Hummock version " + Long.toUnsignedString(whole.getId()) + " stands in the checkpoint in "
                + parameters().dataDirectory() + "; deltas that it covers were left out");
        notes.addAll(leftOut());
        return notes;
    }

    List<String> leftOut() {
        List<String> notes = new ArrayList<>();
        if (unapplied > 0) {
            notes.add(unapplied + " version deltas that did not fit at capture were written as they were: the meta node"
                    + " applies them when it starts");
        }
        if (timeTravelRows > 0) {
            notes.add(timeTravelRows + " rows of time travel are restored"
                    + (timeTravel == TimeTravel.ALWAYS
                            ? ""
                            : ", since jobs that were being created read them: " + outside.backfilling()
                                    + " (--no-with-time-travel leaves them out)"));
        } else if (!outside.backfilling().isEmpty()) {
            notes.add("no rows of time travel are restored, though jobs that were being created read them: "
                    + outside.backfilling()
                    + (timeTravel == TimeTravel.NEVER
                            ? ", as was asked for"
                            : ": the log has none, since capturing them was not asked for (run --capture-time-travel)")
                    + ". Drop and create these jobs again after the first start");
        }
        notes.addAll(idNotes);
        if (ephemeral > 0) {
            notes.add(ephemeral + " rows were left out because they are ephemeral: pins, tasks, elections"
                    + (timeTravelRows > 0 ? "" : ", time travel"));
        }
        notes.add("two clusters must not run on the same SST files: stop the old one before this one starts");
        return notes;
    }
}
