package io.metawal.connectors.risingwave.fold;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.LookAgainException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Hummock version of a meta store whose rows are captured: begun at the checkpoint in the object store, and gone on from delta by delta.
 *
 * <p>The checkpoint is read before the rows of a base are, so that it is never newer than they. A delta that does not fit is kept as it is,
 * with all that follow, until a checkpoint leads on from it: so is one with an id that the version is past, which means that the meta store was
 * put back. That the meta node deletes deltas which a checkpoint covers changes no state: it is
 * not told here. For one thread.
 */
public final class DeltaFold {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaFold.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final ByteString STALE = ByteString.copyFromUtf8("a restore into the meta store was seen");

    private final HummockVersions versions;
    private final InstantSource clock;
    private final String store;
    private final VersionComparison comparison;
    private final Map<String, String> parameters = new HashMap<>();
    private @Nullable HummockVersion checkpoint;
    private @Nullable FoldedVersion folded;
    private long committedEpoch;
    private Instant lookedAt = Instant.EPOCH;
    private boolean underRestore;
    private String gap = "";
    private String nextGap = "";
    private HummockDialect dialect = HummockDialect.UNKNOWN;
    private volatile long unappliedCount;

    /**
     * Reads checkpoints to compare with on a thread of its own.
     *
     * @param store what the deltas are in, for messages, such as {@code etcd}
     */
    public DeltaFold(HummockVersions versions, InstantSource clock, String store) {
        this(versions, clock, store, new DaemonExecutor("hummock-comparison"));
    }

    /** @param reads runs each read of a checkpoint to compare with; it may do so at once */
    public DeltaFold(HummockVersions versions, InstantSource clock, String store, Executor reads) {
        this.versions = versions;
        this.clock = clock;
        this.store = store;
        this.comparison = new VersionComparison(clock, reads);
    }

    /** What the meta store says of the release that writes the deltas from here on; comes before {@link #resume}, {@link #base}, {@link #take}. */
    public List<Change> dialect(HummockDialect next) {
        FoldedVersion version = folded;
        if (next.equals(dialect)) {
            return List.of();
        }
        dialect = next;
        if (version == null) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>(version.startedBy(next));
        changes.addAll(comparison.observed(version));
        comparison.restart(version);
        return changes;
    }

    /** Rows of deltas were deleted, as the meta node does once a checkpoint covers them. */
    public void deltasDeleted() {
        comparison.deltasDeleted();
    }

    /** The capture goes on behind the commit that this is the image at. */
    public void resume(ImageView image) {
        SortedMap<Long, ByteString> unapplied = new TreeMap<>();
        KeyedVersion keyed;
        try (EntryIterator entries = image.entries()) {
            keyed = KeyedVersion.load(entries, dialect);
        }
        try (EntryIterator entries = image.entries(RwSpaces.UNAPPLIED)) {
            entries.forEachRemaining(entry ->
                    unapplied.put(Long.parseUnsignedLong(entry.entryKey().key().toStringUtf8()), entry.value()));
        }
        goOnWith(new FoldedVersion(new FoldedVersion.Parts(
                keyed, unapplied, value(image.find(RwSpaces.LAST_DELTA)), value(image.find(RwSpaces.VERSION_STALE)))));
        committedEpoch = image.provenance().epoch();
    }

    private static @Nullable ByteString value(@Nullable Entry entry) {
        return entry == null ? null : entry.value();
    }

    private void goOnWith(FoldedVersion version) {
        folded = version;
        comparison.restart(version);
        unappliedCount = version.unappliedCount();
    }

    /** A system parameter: some of them say where the checkpoints are. */
    public void parameter(String name, String value) {
        parameters.put(name, value);
    }

    /** A base is about to be read. */
    public void beforeBase() {
        underRestore = false;
        HummockParameters hummock = HummockParameters.of(parameters);
        checkpoint = versions.canFind(hummock) ? versions.checkpoint(hummock) : null;
    }

    /**
     * The version of a base, as entries in no order. Its parameters were told before.
     *
     * @param deltas all that the meta store held, raw, by id
     * @throws UnreachableException where checkpoint and deltas do not meet: both are to be read again
     */
    public void base(SortedMap<Long, ByteString> deltas, Consumer<Entry> image) {
        FoldedVersion at = version(deltas);
        deltas.forEach(at::remember);
        if (underRestore) {
            at.becomeStale(STALE);
        }
        var unused = at.startedBy(dialect);
        at.forEach(image);
        comparison
                .observed(at)
                .forEach(change -> image.accept(new Entry(change.entryKey(), change.value(), change.meta())));
        goOnWith(at);
        noteEpoch(at);
    }

    private FoldedVersion version(SortedMap<Long, ByteString> deltas) {
        HummockVersion before = checkpoint;
        HummockVersion start = before == null ? versions.checkpoint(HummockParameters.of(parameters)) : before;
        checkpoint = null;
        SortedMap<Long, ByteString> behind = deltas.tailMap(start.getId() + 1);
        if (behind.isEmpty()) {
            // Were there deltas behind it that a newer checkpoint covers, they would be gone by now.
            boolean told = before != null || deltas.containsKey(start.getId());
            if (!told) {
                throw new LookAgainException(
                        "where the Hummock checkpoint is, only the rows told: both are read again");
            }
            if (versions.checkpoint(HummockParameters.of(parameters)).getId() != start.getId()) {
                throw movedOn(start);
            }
        }
        FoldedVersion at = new FoldedVersion(start, dialect);
        for (Map.Entry<Long, ByteString> delta : behind.entrySet()) {
            if (at.complete() && !at.follows(delta.getValue())) {
                throw movedOn(start);
            }
            at.take(delta.getKey(), delta.getValue());
        }
        return at;
    }

    private UnreachableException movedOn(HummockVersion checkpoint) {
        return new UnreachableException("the Hummock checkpoint of version " + checkpoint.getId() + " in \""
                + HummockParameters.of(parameters).dataDirectory()
                + "\" and the version deltas in " + store + " do not meet: the meta node has written a newer one"
                + " meanwhile, or the checkpoint is of another cluster; both are read again");
    }

    /**
     * A restore into this very meta store began ({@code UNDER_WAY}), or ended: it brings a version of its own, which no delta tells of. Comes
     * before the {@link #take} of that transaction, or the {@link #base}.
     */
    public List<Change> restored(RestoreSeen seen) {
        boolean told = underRestore && seen == RestoreSeen.UNDER_WAY;
        underRestore = seen == RestoreSeen.UNDER_WAY;
        lookedAt = Instant.EPOCH;
        FoldedVersion version = folded;
        if (told || version == null) {
            return List.of();
        }
        nextGap = underRestore ? "from here on the Hummock version is not known: " + STALE.toStringUtf8() : "";
        return version.becomeStale(STALE);
    }

    /** How far a restore into the meta store has come. */
    public enum RestoreSeen {
        UNDER_WAY,
        DONE
    }

    /** What a transaction's new deltas change, in the order of their ids. Comes for every transaction, also one without a delta. */
    public List<Change> take(SortedMap<Long, ByteString> deltas) {
        FoldedVersion version = Objects.requireNonNull(folded, "a base or resume comes first");
        List<Change> changes = new ArrayList<>();
        gap = nextGap;
        nextGap = "";
        deltas.forEach((id, raw) -> {
            List<Change> taken = version.take(id, raw);
            changes.addAll(taken);
            if (version.complete() && !taken.isEmpty()) {
                comparison.folded(version, id, raw);
            }
            if (!version.fault().isEmpty()) {
                gap = "from here on the Hummock version is not known: delta " + Long.toUnsignedString(id)
                        + " is kept as it is, " + version.fault();
            }
        });
        unappliedCount = version.unappliedCount();
        changes.addAll(comparison.observed(version));
        if (!version.complete()) {
            changes.addAll(afresh(version));
        } else if (!underRestore) {
            // Not in what is run on another thread.
            HummockParameters now = HummockParameters.of(parameters);
            comparison.look(() -> versions.checkpoint(now));
            changes.addAll(compared(version));
        }
        noteEpoch(Objects.requireNonNull(folded));
        return changes;
    }

    /** Why the Hummock version before what was taken last is not known, or after it; empty where both are. */
    public String gap() {
        return gap;
    }

    /** How many deltas are kept as they are. For any thread. */
    public long unapplied() {
        return unappliedCount;
    }

    /** Where the version is not known: once a checkpoint leads to the delta that came last, it goes on from there. */
    private List<Change> afresh(FoldedVersion broken) {
        Instant now = clock.instant();
        if (underRestore || now.isBefore(lookedAt.plus(LOOK_AGAIN))) {
            return List.of();
        }
        lookedAt = now;
        HummockVersion start;
        try {
            start = versions.checkpoint(HummockParameters.of(parameters));
        } catch (UnreachableException | CorruptException e) {
            LOG.warn("{}; version deltas are kept as they are", e.text());
            return List.of();
        }
        return broken.from(start)
                .map(whole -> goOn(broken, whole, start.getId()))
                .orElse(List.of());
    }

    private List<Change> goOn(FoldedVersion broken, FoldedVersion whole, long checkpoint) {
        String from = "the Hummock version goes on from the checkpoint of version " + Long.toUnsignedString(checkpoint);
        gap = from + (gap.isEmpty() ? "; before, it was not known" : "; " + gap);
        LOG.warn("{}", from);
        goOnWith(whole);
        return broken.changesTo(whole);
    }

    /** A checkpoint that was read since: where the version is another, it continues from there, after a gap. */
    private List<Change> compared(FoldedVersion version) {
        VersionComparison.Outcome outcome = comparison.compare(version);
        FoldedVersion theirs = outcome.theirs();
        if (theirs == null) {
            return outcome.changes();
        }
        gap = gap.isEmpty() ? outcome.difference() : gap + "; " + outcome.difference();
        LOG.error("{}", outcome.difference());
        goOnWith(theirs);
        return version.changesTo(theirs);
    }

    /** As of {@link io.metawal.metadata.port.Source#gauges}. For any thread. */
    public Map<String, Double> gauges() {
        Map<String, Double> gauges = new TreeMap<>(comparison.gauges());
        gauges.put("hummock_unapplied_deltas", (double) unappliedCount);
        return gauges;
    }

    private void noteEpoch(FoldedVersion version) {
        committedEpoch = Math.max(committedEpoch, version.committedEpoch());
    }

    /** The largest committed epoch so far that tells a time; 0 where none did. */
    public long committedEpoch() {
        return committedEpoch;
    }
}
