package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.MetaTransaction;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.object.MemoryObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rows of a meta store on SQL and what they mean, against a simulated Hummock. */
class RwSqlInterpretationTest {
    private static final ByteString DELTAS = ByteString.copyFromUtf8("cf/hummock_1/");
    private static final SqlTable DELTA = RwTables.of("hummock_version_delta", List.of("id"), SqlEngine.POSTGRESQL);
    private static final SqlTable PIN =
            RwTables.of("hummock_pinned_version", List.of("context_id"), SqlEngine.POSTGRESQL);
    private static final SqlTable MIGRATIONS = table(SqlModel.SEAQL_MIGRATIONS);
    private static final SqlTable PARAMETERS = table(SqlModel.SYSTEM_PARAMETER);
    private static final SqlTable SCHEMAS = table(SqlModel.SCHEMA);
    private static final String LEVEL = "m20250821_081110_cdc_table_snapshot_splits_add_column";

    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource clock = () -> now;
    private final SimulatedRisingWave cluster =
            new SimulatedRisingWave(SimulationSettings.of(3, "2.0.1"), this::committed, new MemoryObjectStore(clock));
    private final Checkpoints checkpoints = new Checkpoints();
    private RwSqlInterpretation interpretation = new RwSqlInterpretation(checkpoints, clock);
    private final TreeMap<Long, ByteString> deltas = new TreeMap<>();
    private final TreeMap<EntryKey, Entry> image = new TreeMap<>();
    private boolean capturing;
    private boolean breakNext;

    private static final class Checkpoints implements HummockVersions {
        private HummockVersion version = HummockVersion.getDefaultInstance();
        private HummockParameters asked = HummockParameters.UNKNOWN;
        private boolean told = true;

        @Override
        public boolean canFind(HummockParameters parameters) {
            return told || parameters.known();
        }

        @Override
        public HummockVersion checkpoint(HummockParameters parameters) {
            asked = parameters;
            return version;
        }
    }

    private static SqlTable table(SqlModel model) {
        return RwTables.of(model, SqlEngine.POSTGRESQL);
    }

    /** One transaction of the meta node, whose deltas stand in rows here. */
    private void committed(MetaTransaction transaction) {
        List<RowChange> rows = new ArrayList<>();
        TreeMap<Long, ByteString> added = new TreeMap<>();
        for (Map.Entry<ByteString, ByteString> put : transaction.puts().entrySet()) {
            if (put.getKey().startsWith(DELTAS)) {
                added.put(delta(put.getValue()).getId(), broken(put.getValue()));
            }
        }
        deltas.putAll(added);
        if (capturing) {
            // Out of order on purpose: only ids say which comes first.
            added.descendingMap().forEach((id, raw) -> rows.add(inserted(DELTA, deltaRow(id, raw))));
            apply(interpretation.take(rows));
        }
    }

    private static HummockVersionDelta delta(ByteString raw) {
        try {
            return HummockVersionDelta.parseFrom(raw);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private ByteString broken(ByteString raw) {
        if (!breakNext) {
            return raw;
        }
        breakNext = false;
        return delta(raw).toBuilder()
                .setPrevId(delta(raw).getPrevId() + 1_000)
                .build()
                .toByteString();
    }

    private static SqlRow deltaRow(long id, ByteString raw) {
        return SnapshotRowsTest.row(
                "id",
                id,
                "prev_id",
                id - 1,
                "max_committed_epoch",
                0L,
                "safe_epoch",
                0L,
                "trivial_move",
                false,
                "full_version_delta",
                raw);
    }

    private static RowChange inserted(SqlTable table, SqlRow row) {
        return new RowChange(table, row, row);
    }

    private static RowChange deleted(SqlTable table, SqlRow row) {
        return new RowChange(table, row, null);
    }

    private void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change.op() == Op.DELETE) {
                image.remove(change.entryKey());
            } else {
                image.put(change.entryKey(), Entry.of(change));
            }
        }
    }

    private static SqlRow parameter(String name, String value) {
        return SnapshotRowsTest.row("name", name, "value", value, "is_mutable", true, "description", null);
    }

    private static SqlRow migration(String name) {
        return SnapshotRowsTest.row("version", name, "applied_at", 1_700_000_000L);
    }

    private void base() throws InterruptedException {
        image.clear();
        interpretation.beforeBase();
        List<SqlTable> tables = new ArrayList<>(List.of(DELTA, PIN, MIGRATIONS, PARAMETERS, SCHEMAS));
        for (SqlModel model : List.of(
                SqlModel.ACTOR,
                SqlModel.FRAGMENT_RELATION,
                SqlModel.SECRET,
                SqlModel.ICEBERG_TABLES,
                SqlModel.USER_DEFAULT_PRIVILEGE)) {
            tables.add(table(model));
        }
        interpretation.beginBase(tables);
        deltas.forEach((id, raw) -> interpretation.baseRow(DELTA, deltaRow(id, raw), this::put));
        interpretation.baseRow(PARAMETERS, parameter("state_store", "hummock+memory"), this::put);
        interpretation.baseRow(PARAMETERS, parameter("data_directory", "hummock_001"), this::put);
        Migrations.of(new io.metawal.connectors.risingwave.RwVersion(2, 6, 0))
                .forEach(name -> interpretation.baseRow(MIGRATIONS, migration(name), this::put));
        interpretation.baseRow(SCHEMAS, SnapshotRowsTest.row("schema_id", 4L, "name", "public"), this::put);
        interpretation.endBase(this::put);
        tables.forEach(table -> put(TableEntries.entry(table)));
        capturing = true;
    }

    private void put(Entry entry) {
        assertThat(image.put(entry.entryKey(), entry))
                .as("%s", entry.entryKey())
                .isNull();
    }

    private HummockVersion version() {
        VersionAssembler version = new VersionAssembler();
        image.values().forEach(version::add);
        return version.assemble();
    }

    /** A store of 2.6 has no safe epoch; the cluster that is simulated here still writes one. */
    private HummockVersion expected() {
        return withoutSafeEpoch(cluster.version());
    }

    private static HummockVersion withoutSafeEpoch(HummockVersion version) {
        return version.toBuilder().clearSafeEpoch().build();
    }

    private long unapplied() {
        return image.keySet().stream()
                .filter(key -> key.space().equals(RwSpaces.UNAPPLIED))
                .count();
    }

    private String at(String space, String key) {
        Entry entry = image.get(EntryKey.of(space, key));
        return entry == null ? "" : entry.value().toStringUtf8();
    }

    private String store() {
        Entry store = image.get(RwSpaces.STORE);
        return store == null ? "" : store.value().toStringUtf8();
    }

    @Test
    void rowsAreLeftOutAndTheirTablesAreKnown() {
        assertThat(RwSqlTables.LEFT_OUT).allMatch(RwSqlTables::tellsOfTheMoment);
        SqlRow row = SnapshotRowsTest.row("context_id", 1L, "min_pinned_id", 5L);
        for (RwSqlInterpretation each :
                List.of(interpretation, new RwSqlInterpretation(checkpoints, clock, Set.of(PIN.name())))) {
            List<Entry> base = new ArrayList<>();
            each.beginBase(List.of(PIN));
            each.baseRow(PIN, row, base::add);
            List<Change> changes = new ArrayList<>();
            each.begin().row(inserted(PIN, row), changes::add);
            int kept = each == interpretation ? 1 : 0;
            assertThat(base).hasSize(kept);
            assertThat(changes).hasSize(kept);
            assertThat(each.compares(PIN)).isEqualTo(kept == 1);
            assertThat(each.wants("public", PIN.name())).isTrue();
        }
    }

    @Test
    void aBaseIsTheCheckpointAndTheDeltasBehindIt() throws InterruptedException {
        cluster.bootstrap();
        HummockVersion old = cluster.version();
        cluster.commitEpoch();
        cluster.commitEpoch();
        checkpoints.version = old;
        deltas.headMap(old.getId(), true).clear();
        base();
        assertThat(version()).isEqualTo(expected());
        assertThat(at("catalog.sql_schema", "4")).isEqualTo("{\"name\":\"public\",\"schema_id\":4}");
        assertThat(image.keySet()).noneMatch(key -> key.space().name().contains("version_delta"));
        assertThat(interpretation.epoch(17)).isPositive().isNotEqualTo(17);
        assertThat(store())
                .isEqualTo("{\"engine\":\"postgresql\",\"form\":\"rows\",\"migration\":\"" + LEVEL
                        + "\",\"model\":\"sql\",\"version\":\"2.6.0\"}");
        assertThat(RwSqlStore.parse(ByteString.copyFromUtf8(store()))
                        .orElseThrow()
                        .entry()
                        .value()
                        .toStringUtf8())
                .isEqualTo(store());
    }

    @Test
    void whatFollowsAndTruncation() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        long before = interpretation.epoch(0);
        for (int n = 0; n < 20; n++) {
            cluster.commitEpoch();
            assertThat(version()).isEqualTo(expected());
        }
        assertThat(interpretation.epoch(0)).isGreaterThan(before);
        TreeMap<EntryKey, Entry> now = new TreeMap<>(image);
        List<RowChange> truncated = new ArrayList<>();
        deltas.forEach((id, raw) -> truncated.add(deleted(DELTA, SnapshotRowsTest.row("id", id))));
        List<Change> meant = interpretation.take(truncated);
        assertThat(meant).as("truncation changes no state").isEmpty();
        assertThat(image).isEqualTo(now);
    }

    @Test
    void rowsOfOneTransactionStayInItsOrderAndGoToTheirSpaces() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        SqlRow first = SnapshotRowsTest.row("schema_id", 9L, "name", "a");
        SqlRow pin = SnapshotRowsTest.row("context_id", 1L, "min_pinned_id", 5L);
        List<Change> meant = interpretation.take(List.of(
                inserted(SCHEMAS, first),
                inserted(SCHEMAS, first.with("name", "b")),
                inserted(PIN, pin),
                deleted(SCHEMAS, SnapshotRowsTest.row("schema_id", 4L))));
        assertThat(meant)
                .containsExactly(
                        Change.put(EntryKey.of("catalog.sql_schema", "9"), RowCodec.encode(first)),
                        Change.put(EntryKey.of("catalog.sql_schema", "9"), RowCodec.encode(first.with("name", "b"))),
                        Change.put(EntryKey.of("ephemeral.sql_hummock_pinned_version", "1"), RowCodec.encode(pin)),
                        Change.delete(EntryKey.of("catalog.sql_schema", "4")));
        assertThat(interpretation.counterName(table(SqlModel.OBJECT))).isEqualTo("object");
        assertThat(interpretation.wants("public", "metawal_restore")).isFalse();
        assertThat(interpretation.wants("public", "some_table")).isTrue();
        assertThat(interpretation
                        .space(RwTables.of("hummock_pinned_version", List.of(), SqlEngine.SQLITE))
                        .name())
                .isEqualTo("ephemeral.sql_hummock_pinned_version");
    }

    @Test
    void aMigrationIsToldWithTheTransactionThatMadeIt() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        String next = "m20251005_000000_fragment_splits";
        apply(interpretation.take(List.of(inserted(MIGRATIONS, migration(next)))));
        // Its table is not there yet, and the tables are right.
        assertThat(store()).contains(next).contains("\"version\":\"2.6.0\"");
        apply(interpretation.take(List.of(
                inserted(table(SqlModel.FRAGMENT_SPLITS), SnapshotRowsTest.row("fragment_id", 1L, "splits", null)))));
        assertThat(store()).contains("\"version\":\"2.7.0\"");
    }

    @Test
    void aDeltaThatDoesNotFitIsKeptUntilACheckpointCoversIt() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        cluster.commitEpoch();
        HummockVersion known = expected();
        breakNext = true;
        cluster.commitEpoch();
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(2);
        assertThat(version()).as("nothing is guessed").isEqualTo(known);
        checkpoints.version = cluster.version();
        now = now.plusSeconds(10);
        cluster.commitEpoch();
        assertThat(unapplied()).isZero();
        assertThat(version()).isEqualTo(expected());
    }

    @Test
    void itGoesOnBehindARestartOfItsOwn() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        breakNext = true;
        cluster.commitEpoch();
        FoldingSink sink = new FoldingSink();
        List<Change> all = new ArrayList<>();
        image.values().forEach(entry -> all.add(Change.put(entry.entryKey(), entry.value(), entry.meta())));
        long epoch = interpretation.epoch(0);
        var unused = sink.commit(
                new CommitDraft(CommitKind.BASE, epoch, 1, CommitBody.of("", interpretation.origin(), all)));
        interpretation = new RwSqlInterpretation(checkpoints, clock);
        try (ImageView view = sink.image()) {
            interpretation.resume(view);
        }
        assertThat(interpretation.epoch(0)).isEqualTo(epoch);
        cluster.commitEpoch();
        assertThat(unapplied()).isEqualTo(2);
        checkpoints.version = cluster.version();
        now = now.plusSeconds(10);
        cluster.commitEpoch();
        assertThat(unapplied()).isZero();
        assertThat(version()).isEqualTo(expected());
        assertThat(checkpoints.asked.dataDirectory()).isEqualTo("hummock_001");
        apply(interpretation.take(List.of(inserted(MIGRATIONS, migration("m20250905_144810_next")))));
        assertThat(store())
                .isEqualTo("{\"engine\":\"postgresql\",\"form\":\"rows\",\"migration\":\"m20250905_144810_next\","
                        + "\"model\":\"sql\",\"version\":\"2.6.0\"}");
    }

    @Test
    void aCheckpointThatTheDeltasDoNotMeetIsReadAgain() {
        cluster.bootstrap();
        HummockVersion old = cluster.version();
        cluster.commitEpoch();
        cluster.commitEpoch();
        deltas.headMap(deltas.lastKey()).clear();
        checkpoints.version = old;
        assertThatThrownBy(this::base)
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("version deltas in the database do not meet");
    }

    @Test
    void whereTheCheckpointIsMayBeToldByTheRowsAlone() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        checkpoints.told = false;
        // It could be newer than the rows that name it: they are read once more.
        assertThatThrownBy(this::base).isInstanceOf(UnreachableException.class);
        base();
        assertThat(version()).isEqualTo(expected());
        assertThat(checkpoints.asked.dataDirectory()).isEqualTo("hummock_001");
    }

    @Test
    void aRowThatIsNoDeltaIsNamed() throws InterruptedException {
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        assertThatThrownBy(() -> interpretation.take(List.of(inserted(DELTA, SnapshotRowsTest.row("id", 7L)))))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("full_version_delta")
                .hasMessageContaining("public.hummock_version_delta");
    }

    /** A14, A11: what no release known here has is captured, and is loud. */
    @Test
    void unknownTablesAndMigrationsAreCounted() throws InterruptedException {
        assertThat(RwSqlTables.tellsOfTheMoment("hummock_time_travel_version_epoch_summary"))
                .isTrue();
        assertThat(RwSqlTables.isStranger("hummock_time_travel_version_epoch_summary"))
                .isFalse();
        assertThat(RwSqlTables.isStranger("user_role_membership")).isTrue();
        cluster.bootstrap();
        checkpoints.version = cluster.version();
        base();
        assertThat(interpretation.gauges())
                .containsEntry("risingwave_unknown_tables", 0.0)
                .containsEntry("risingwave_unknown_migrations", 0.0);
        List<SqlTable> tables = new ArrayList<>(List.of(DELTA, PIN, MIGRATIONS, PARAMETERS, SCHEMAS));
        tables.add(new SqlTable(
                SqlEngine.POSTGRESQL,
                "public",
                "user_role_membership",
                PIN.columns(),
                PIN.primaryKey(),
                List.of(),
                List.of(),
                List.of()));
        image.clear();
        interpretation.beforeBase();
        interpretation.beginBase(tables);
        deltas.forEach((id, raw) -> interpretation.baseRow(DELTA, deltaRow(id, raw), this::put));
        Migrations.of(new io.metawal.connectors.risingwave.RwVersion(3, 1, 0))
                .forEach(name -> interpretation.baseRow(MIGRATIONS, migration(name), this::put));
        interpretation.baseRow(MIGRATIONS, migration("m20261101_000000_user_roles"), this::put);
        interpretation.endBase(this::put);
        assertThat(interpretation.gauges())
                .containsEntry("risingwave_unknown_tables", 1.0)
                .containsEntry("risingwave_unknown_migrations", 1.0);
    }
}
