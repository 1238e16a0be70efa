package io.metawal.tools.cli;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.grpc.DatabendLiveTarget;
import io.metawal.connectors.databend.grpc.DatabendOptions;
import io.metawal.connectors.databend.targets.DatabendExportTarget;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.LeasedKeys;
import io.metawal.connectors.net.ShownUrl;
import io.metawal.connectors.risingwave.RwUrl;
import io.metawal.connectors.risingwave.backuptarget.BackupTarget;
import io.metawal.connectors.risingwave.etcd.RwTarget;
import io.metawal.connectors.risingwave.files.FileCheckMode;
import io.metawal.connectors.risingwave.files.FilesFirst;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.files.RisingWaveStores;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.sql.SnapshotForm;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a restore goes. */
final class TargetOptions {
    private static final String NDJSON = "ndjson:";
    private static final String ROCKSDB = "rocksdb:";
    private static final String RW_BACKUP = "risingwave-backup:";
    private static final String DATABEND_EXPORT = "databend-export:";
    private static final String DATABEND_LIVE = "databend+grpc://";
    private static final String SQL_DUMP = "sql-dump:";
    private static final String ETCD = "etcd://";
    private static final List<String> SCHEMES =
            List.of(NDJSON, ROCKSDB, ETCD, RwUrl.SCHEME, RW_BACKUP, DATABEND_EXPORT, DATABEND_LIVE, SQL_DUMP);
    private static final String TARGETS =
            "ndjson:FILE, rocksdb:DIR, etcd://HOST:PORT[,HOST:PORT…], risingwave+etcd://HOST:PORT[,…][?hummock=URL],"
                    + " [risingwave+]postgres://…, [risingwave+]mysql://…, [risingwave+]sqlite:FILE, sql-dump:FILE,"
                    + " risingwave-backup:URL, databend-export:FILE, or databend+grpc://HOST:PORT (the live cluster itself)";

    /** Of a target that was empty: whatever is known of it, its history begins with what is restored. */
    private static final long ANEW = Long.MIN_VALUE;

    @Mixin
    private final RisingWaveOptions risingWave = new RisingWaveOptions();

    @Mixin
    private final SqlTargets sql = new SqlTargets();

    @Mixin
    private final DatabendOptionsGroup databend = new DatabendOptionsGroup();

    @Option(names = "--into", paramLabel = "URL", description = TARGETS + "; needed but for --plan")
    private @Nullable String into;

    @Option(names = "--prefix", description = "with etcd: only keys that start so; only they must not exist yet")
    private String prefix = "";

    @Option(
            names = "--drop-leased",
            description = "with etcd: leave out keys that had a lease; else they come back without")
    private boolean dropLeased;

    /**
     * @param identity of the cluster that the target belongs to and that can be captured; empty for a file
     * @param clock where that cluster's own clock stands, which never goes back there; {@link #ANEW} where it begins again
     */
    record Opened(RestoreTarget target, String identity, long clock) {
        static Opened file(RestoreTarget target) {
            return new Opened(target, "", 0);
        }

        /**
         * Whether a history begins there: not in a service that is captured into this repository already, and which has only
         * come further since. Its restored keys are changes like any others.
         */
        boolean beginsHistory(History history) {
            if (identity.isEmpty()) {
                return false;
            }
            for (int timeline : history.timelines().descendingKeySet()) {
                if (history.source(timeline).equals(identity)) {
                    if (!history.written(timeline)) {
                        // It was restored to before, and emptied since: what comes now is no continuation of that.
                        return true;
                    }
                    long known = history.head(timeline)
                            .map(head -> head.at().epoch())
                            .orElse(0L);
                    return clock < known;
                }
            }
            return true;
        }
    }

    /** Whether somebody said where to. */
    boolean isGiven() {
        return into != null;
    }

    String into() {
        if (into == null) {
            throw new UsageException("where to? Give --into " + TARGETS + ", or --plan to look");
        }
        return into;
    }

    /** Where to, for everybody to read: without user and password. */
    String shown() {
        boolean store = into().startsWith(RW_BACKUP);
        return store ? into().replaceFirst("minio://.*@", "minio://***@") : ShownUrl.withoutLogin(into());
    }

    /** What a target is opened for. */
    enum Purpose {
        PLAN,
        RUN
    }

    /** Whether entries go to standard output, a pipe or a device, and nowhere else. */
    boolean isStream() {
        return into().startsWith(NDJSON) && StreamOutput.isStream(into().substring(NDJSON.length()));
    }

    /** @param given the options that were named */
    void check(List<String> given) {
        String url = into();
        for (String scheme : List.of(NDJSON, ROCKSDB, RW_BACKUP, DATABEND_EXPORT, SQL_DUMP)) {
            if (url.equals(scheme)) {
                throw new UsageException("--into " + url + " names no place: expected " + TARGETS);
            }
            if (url.equals(scheme + "-") && !scheme.equals(NDJSON)) {
                throw new UsageException("--into " + url + ": only ndjson:- goes to standard output");
            }
        }
        if (SCHEMES.stream().noneMatch(url::startsWith) && !SqlServices.names(url)) {
            throw new UsageException("--into " + shown() + " is no target: expected " + TARGETS);
        }
        TargetScope.check(url, shown(), given);
        boolean asked = risingWave.checkFiles() == FileCheckMode.REQUIRED;
        if (url.startsWith(RW_BACKUP) && given.contains("--check-files") && asked && risingWave.hummock() == null) {
            throw new UsageException(
                    "--check-files: where are the files of the version? Give --hummock URL, the data" + " directory");
        }
    }

    /** Whether the target continues with ids that an older history has given out. */
    boolean continuesIds(CategoryRules rules) {
        boolean continues = RwUrl.names(into())
                || SqlServices.names(into())
                || into().startsWith(SQL_DUMP)
                || into().startsWith(RW_BACKUP)
                || into().startsWith(DATABEND_EXPORT)
                // Of plain keys, only the operator knows which are generators.
                || into().startsWith(ETCD) && !rules.equals(CategoryRules.DEFAULT);
        return continues && risingWave.ids().from() == IdsChoice.From.NEWEST;
    }

    /** Where id generators continue. */
    IdsChoice ids() {
        return risingWave.ids();
    }

    /**
     * @param history that is restored from
     * @param limits of a look at it
     * @param point that is restored
     */
    Opened open(History history, ReplayLimits limits, ResolvedPoint point, InstantSource clock, Purpose purpose) {
        String url = into();
        if (url.startsWith(DATABEND_EXPORT)) {
            Path file = Path.of(url.substring(DATABEND_EXPORT.length()));
            return Opened.file(new DatabendExportTarget(
                    file, databend.export(history, point.timeline(), point.seq()), limits.scratch()));
        }
        if (url.startsWith(DATABEND_LIVE)) {
            return Opened.file(new DatabendLiveTarget(DatabendOptions.parse(url), clock, limits.scratch()));
        }
        if (url.startsWith(RW_BACKUP)) {
            return Opened.file(backup(url.substring(RW_BACKUP.length()), history, limits, clock, purpose));
        }
        if (url.startsWith(SQL_DUMP)) {
            return Opened.file(sql.dump(
                    url.substring(SQL_DUMP.length()), origin(history, point), risingWave, limits.scratch(), clock));
        }
        if (SqlServices.names(url)) {
            return database(url, history, limits, clock);
        }
        if (url.startsWith(NDJSON)) {
            return Opened.file(StreamOutput.ndjson(url.substring(NDJSON.length())));
        }
        if (url.startsWith(ROCKSDB)) {
            return Opened.file(new RocksTarget(Path.of(url.substring(ROCKSDB.length()))));
        }
        return RwUrl.names(url)
                ? risingWave(RwUrl.parse(url), history, limits, clock)
                : etcd(EtcdOptions.parse(url), clock);
    }

    private Opened database(String url, History history, ReplayLimits limits, InstantSource clock) {
        String found = SqlTargets.identity(url, clock);
        boolean known = history.timelines().keySet().stream()
                .anyMatch(line -> history.source(line).equals(found) && history.written(line));
        if (SqlTargets.tellsServersApart(url)) {
            CapturedStores.requireOther(history, found, shown());
        }
        // Where names do not tell servers apart, this may be another one: a capture of it is refused by its history.
        String identity = known ? "" : found;
        RestoreTarget target = sql.open(
                url,
                risingWave,
                () -> MetaNodes.of(history, risingWave.meta(), limits, clock.instant()),
                limits.scratch(),
                clock);
        return new Opened(target, identity, ANEW);
    }

    /** Of which source the restored commit is. */
    private static String origin(History history, ResolvedPoint point) {
        return new CommitFinder(
                        history.line(point.at().timeline()),
                        new Segments(history.repository().store()))
                .bySeq(point.seq())
                .map(commit -> commit.record().commit().body().origin())
                .orElse("");
    }

    private Opened etcd(EtcdOptions options, InstantSource clock) {
        EtcdOptions chosen = prefix.isEmpty() ? options : options.withPrefix(ByteString.copyFromUtf8(prefix));
        try (EtcdSource source = new EtcdSource(chosen, clock)) {
            return new Opened(
                    new EtcdTarget(chosen, dropLeased ? LeasedKeys.LEFT_OUT : LeasedKeys.WITHOUT_LEASE),
                    source.identity(),
                    source.clock());
        }
    }

    private RestoreTarget backup(
            String url, History history, ReplayLimits limits, InstantSource clock, Purpose purpose) {
        Path missing = PlannedStore.missing(RisingWaveStores.place(url));
        ObjectStore store = missing != null && purpose == Purpose.PLAN
                ? PlannedStore.at(missing, clock)
                : RisingWaveStores.open(url, IfAbsent.CREATE, clock, System.getenv());
        MetaNodes nodes = MetaNodes.of(history, risingWave.meta(), limits, clock.instant());
        AtomicReference<OptionalLong> greatest = new AtomicReference<>(OptionalLong.empty());
        RestoreTarget target = new StoreOwner(snapshots(store, nodes, limits, greatest::get), store, missing);
        if (risingWave.hummock() == null || risingWave.checkFiles() == FileCheckMode.NOT_ASKED) {
            return risingWave.outside(target, null);
        }
        HummockObjects files = new HummockObjects(risingWave.hummock(), System.getenv(), clock);
        FilesFirst checked = new FilesFirst(target, (ids, parameters) -> {
            OptionalLong found = files.require(ids, parameters);
            greatest.set(risingWave.objectIds() == RwFiles.Ids.AFTER_FILES ? found : OptionalLong.empty());
        });
        return risingWave.outside(checked, files);
    }

    private RestoreTarget snapshots(
            ObjectStore store, MetaNodes nodes, ReplayLimits limits, Supplier<OptionalLong> greatestObject) {
        return new SnapshotForm(
                new BackupTarget(store, nodes, risingWave.backup(limits.scratch()), greatestObject),
                limits.scratch(),
                risingWave.version());
    }

    private Opened risingWave(RwUrl store, History history, ReplayLimits limits, InstantSource clock) {
        String hummock = risingWave.hummock() == null ? store.hummock() : risingWave.hummock();
        HummockObjects files = new HummockObjects(hummock, System.getenv(), clock);
        try (EtcdSource source = new EtcdSource(store.etcd(), clock)) {
            String identity = source.identity();
            CapturedStores.requireOther(history, identity, "risingwave+" + store.etcd());
            RwTarget target = new RwTarget(
                    store.etcd(),
                    risingWave.places(),
                    files.restored(
                            risingWave.checkFiles(),
                            risingWave.version(),
                            risingWave.living(MetaNodes.of(history, risingWave.meta(), limits, clock.instant())),
                            risingWave.objectIds()),
                    risingWave.version());
            return new Opened(risingWave.outside(target, files), identity, ANEW);
        }
    }
}
