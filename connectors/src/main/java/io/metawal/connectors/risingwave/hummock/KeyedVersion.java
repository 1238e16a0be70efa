package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * A Hummock version in memory, kept up to date by deltas (docs/formats/hummock.md). After each delta its entries are those of the whole
 * message after the delta, but that the places in overlapping levels may have gaps.
 *
 * <p>A delta costs what it changes, however many SSTs there are: levels are trees, and SSTs are found by id. Beside that it costs a look at
 * each sub level of the groups whose level 0 was compacted, and at the watermarks of each table; a split, merge or truncation walks its
 * groups. For memory see {@link Run}. Not safe for use by several threads.
 */
public final class KeyedVersion {
    private final Groups groups = new Groups();
    private final StateTables tables = new StateTables();
    private final Watermarks watermarks = new Watermarks();
    private final ChangeLogs changeLogs = new ChangeLogs();
    private final VectorIndexes vectors = new VectorIndexes();
    private final Rules rules;
    private HummockVersion version;
    private List<Observation> observed = List.of();
    private Journal last = new Journal();
    private Fingerprint fingerprint = Fingerprint.EMPTY;
    private Fingerprint fingerprintBefore = Fingerprint.EMPTY;

    private KeyedVersion(VersionParts parts, HummockDialect dialect) {
        rules = new Rules(dialect);
        version = parts.version();
        groups.load(parts);
        tables.load(parts);
        watermarks.load(parts);
        changeLogs.load(parts);
        vectors.load(parts);
        rules.look(groups);
        fingerprint = Fingerprint.of(entries());
    }

    /** Of a release that is not known. A fault where the version contradicts itself. */
    public static KeyedVersion of(HummockVersion version) {
        return of(version, HummockDialect.UNKNOWN);
    }

    /** A fault where the version contradicts itself. */
    public static KeyedVersion of(HummockVersion version, HummockDialect dialect) {
        VersionParts parts = new VersionParts();
        VersionEntries.split(version, parts::add);
        return new KeyedVersion(parts, dialect);
    }

    /** From the entries of a version, in any order, among others; does not close the iterator. A fault where they contradict each other. */
    public static KeyedVersion load(EntryIterator hummockEntries, HummockDialect dialect) {
        VersionParts parts = new VersionParts();
        hummockEntries.forEachRemaining(parts::add);
        return new KeyedVersion(parts, dialect);
    }

    public long id() {
        return version.getId();
    }

    /** The greatest epoch that tells a time at which a table is committed; up to v1.9 that of the version. 0 for none. */
    public long committedEpoch() {
        if (!tables.isEmpty()) {
            return tables.committedEpoch();
        }
        return Epochs.isReal(version.getMaxCommittedEpoch()) ? version.getMaxCommittedEpoch() : 0;
    }

    /** Every entry, sorted by key. Not to be used any more once a delta was applied. */
    public Iterator<Entry> entries() {
        return EntryWalk.over(version, groups, tables, watermarks, changeLogs, vectors);
    }

    /** The whole message; takes the memory of all SSTs once more, and of their messages. */
    public HummockVersion toVersion() {
        VersionAssembler assembler = new VersionAssembler();
        entries().forEachRemaining(assembler::add);
        return assembler.assemble();
    }

    /**
     * Applies a delta and returns what became of the entries, by key: only what differs from before. What it showed beside that is
     * {@link #observed}.
     *
     * @throws HummockFaultException if the delta does not fit; then nothing was changed
     */
    public List<Change> apply(HummockVersionDelta delta) {
        Journal journal = new Journal();
        long before = version.getId();
        observed = List.of();
        try {
            fold(journal, LoadedSsts.of(delta, rules));
            return done(journal);
        } catch (HummockFaultException e) {
            journal.rollBack();
            throw e.at(delta.getId(), before);
        } catch (RuntimeException e) {
            journal.rollBack();
            throw e;
        }
    }

    /** What the delta that was applied last showed. */
    public List<Observation> observed() {
        return observed;
    }

    /** Takes the delta that was applied last back; may be done once. */
    public void takeBack() {
        last.rollBack();
        fingerprint = fingerprintBefore;
        observed = List.of();
    }

    public HummockDialect dialect() {
        return rules.dialect();
    }

    /**
     * What a meta node of this dialect makes of the version when it starts, and what became of the entries by it. Where the dialect does not
     * say whether it prunes, nothing is pruned: {@link #prune} does it.
     */
    public List<Change> startedBy(HummockDialect dialect) {
        Journal journal = new Journal();
        rules.dialect(dialect);
        if (rules.known(HummockRule.ORDERED_DELTAS).orElse(false)) {
            clearSafeEpochs(journal);
        }
        if (rules.hold(HummockRule.LOGS_OUTSIDE_VERSION)) {
            changeLogs.clear(journal);
        }
        if (rules.hold(HummockRule.WATERMARK_KIND_WRITTEN)) {
            watermarks.writeKinds(journal);
        }
        groups.all().values().forEach(group -> group.rewrite(journal, sst -> LoadedSsts.of(sst, rules)));
        observed = rules.hold(HummockRule.PRUNED_AT_START) ? prune(journal, Pruning.Seen.AT_ONCE) : List.of();
        return done(journal);
    }

    /** What a meta node that prunes makes of the version when it starts; {@link #observed} says what it pruned. */
    public List<Change> prune() {
        Journal journal = new Journal();
        observed = prune(journal, Pruning.Seen.AT_ONCE);
        return done(journal);
    }

    /** The numbers of sub levels are RisingWave's: none has to be given to another any more. */
    public void isNumberedRight() {
        groups.all().values().forEach(group -> group.prunedBefore(new Journal(), List.of()));
    }

    /**
     * The same, with the numbers of sub levels and groups' version ids that RisingWave's own version has: a group that was split, or committed to,
     * between the start and the delta that showed it has others than it has here. Nothing where nothing is to do.
     */
    public List<Change> pruneLike(HummockVersion theirs) {
        Journal journal = new Journal();
        observed = prune(journal, Pruning.Seen.LATER);
        groups.all().forEach((id, group) -> {
            HummockVersion.Levels their = theirs.getLevelsOrDefault(id, HummockVersion.Levels.getDefaultInstance());
            Renumbering.like(journal, group, their.getL0().getSubLevelsList());
            if (theirs.containsLevels(id)) {
                Truncation.setVersionId(journal, group, their.getCompactionGroupVersionId());
            }
        });
        return done(journal);
    }

    private List<Change> done(Journal journal) {
        last = journal;
        fingerprintBefore = fingerprint;
        fingerprint = journal.carriedOver(fingerprint);
        return journal.changes();
    }

    /** Of the version as it is; costs nothing. */
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /**
     * Takes back the version ids of groups, as a release has it that numbers no groups; {@link #observed} says so. Nothing where it is known whether
     * the release does.
     */
    public List<Change> forgetGroupVersionIds() {
        Journal journal = new Journal();
        observed = List.of();
        if (rules.known(HummockRule.GROUP_VERSION_IDS).isEmpty()) {
            rules.show(journal, HummockRule.GROUP_VERSION_IDS, false);
            groups.all().values().forEach(group -> Truncation.setVersionId(journal, group, 0));
            observed = List.of(new Observation(
                    Observation.Kind.NO_GROUP_VERSION_IDS, "RisingWave's own version numbers no groups"));
        }
        return done(journal);
    }

    /**
     * Takes the place of a version that turned out to be wrong: where patch releases of the dialect differ in how levels are tidied up, and neither
     * version nor deltas have shown which it is, the other way is assumed from here on.
     */
    public void replaces(KeyedVersion wrong) {
        if (dialect().minor() != 0
                && dialect().says(HummockRule.LEVELS_NORMALIZED).isEmpty()) {
            rules.show(new Journal(), HummockRule.LEVELS_NORMALIZED, !wrong.rules.hold(HummockRule.LEVELS_NORMALIZED));
        }
    }

    private List<Observation> prune(Journal journal, Pruning.Seen seen) {
        Set<Integer> pruned = new Pruning(journal, groups, tables).prune(seen);
        return pruned.isEmpty()
                ? List.of()
                : List.of(new Observation(Observation.Kind.PRUNED, Observation.prunedTables(pruned)));
    }

    private void fold(Journal journal, HummockVersionDelta delta) {
        if (delta.getPrevId() != version.getId()) {
            throw new HummockFaultException(
                    "the version before it", HummockKeys.u64(version.getId()), HummockKeys.u64(delta.getPrevId()));
        }
        rules.look(journal, delta);
        HummockEra era = HummockEra.of(delta, !tables.isEmpty(), rules.known(HummockRule.ORDERED_DELTAS));
        boolean ordered = era == HummockEra.ORDERED_DELTAS
                && (rules.known(HummockRule.ORDERED_DELTAS).orElse(false) || HummockEra.isOfOrderedDeltas(delta));
        if (ordered) {
            clearSafeEpochs(journal);
        }
        int order = Long.compareUnsigned(delta.getMaxCommittedEpoch(), version.getMaxCommittedEpoch());
        if (order < 0 && (era == HummockEra.GROUP_MEMBERS || delta.getMaxCommittedEpoch() != 0)) {
            throw new HummockFaultException(
                    "max_committed_epoch",
                    "one from " + HummockKeys.u64(version.getMaxCommittedEpoch()) + " on",
                    HummockKeys.u64(delta.getMaxCommittedEpoch()));
        }
        fillTables(journal, delta);
        StateTables.Outcome outcome = tables.apply(journal, delta);
        GroupDeltas groupDeltas = new GroupDeltas(journal, groups, tables, rules, era, outcome.isCommit() || order > 0);
        NavigableMap<Long, List<GroupDelta>> byGroup = new TreeMap<>(Long::compareUnsigned);
        delta.getGroupDeltasMap().forEach((group, deltas) -> byGroup.put(group, deltas.getGroupDeltasList()));
        byGroup.forEach(groupDeltas::apply);
        watermarks.apply(journal, delta, boundary(delta, era), rules);
        if (rules.hold(HummockRule.LOGS_OUTSIDE_VERSION)) {
            changeLogs.clear(journal);
        } else {
            changeLogs.apply(journal, delta, outcome.advanced(), rules);
        }
        vectors.apply(journal, delta);
        setHead(journal, delta, era);
        observed = groupDeltas.observations();
    }

    /** From v2.1 on there are none, and RisingWave refuses JSON that has them. */
    private void clearSafeEpochs(Journal journal) {
        tables.clearSafeEpochs(journal);
        if (version.getSafeEpoch() != 0) {
            setHead(journal, version.toBuilder().clearSafeEpoch().build());
        }
    }

    /** A version of v1.9 or before met by the first delta that knows of tables' epochs: each member stands where the version stood. */
    private void fillTables(Journal journal, HummockVersionDelta delta) {
        if (!tables.isEmpty() || delta.getStateTableInfoDeltaCount() == 0) {
            return;
        }
        Set<Integer> filled = new HashSet<>();
        groups.all().forEach((id, group) -> {
            for (int table : group.rest().getMemberTableIdsList()) {
                if (!filled.add(table)) {
                    throw new HummockFaultException("table " + HummockKeys.u32(table), "one group", "several");
                }
                tables.put(
                        journal,
                        table,
                        StateTableInfo.newBuilder()
                                .setCommittedEpoch(version.getMaxCommittedEpoch())
                                .setSafeEpoch(version.getSafeEpoch())
                                .setCompactionGroupId(id)
                                .build());
            }
        });
    }

    private IntToLongFunction boundary(HummockVersionDelta delta, HummockEra era) {
        if (era == HummockEra.GROUP_MEMBERS) {
            return table -> delta.getSafeEpoch();
        }
        return table -> {
            StateTableInfo info = tables.find(table);
            return info == null ? 0 : Watermarks.boundary(info);
        };
    }

    private void setHead(Journal journal, HummockVersionDelta delta, HummockEra era) {
        HummockVersion before = version;
        HummockVersion.Builder next =
                before.toBuilder().setId(delta.getId()).setMaxCommittedEpoch(delta.getMaxCommittedEpoch());
        if (era != HummockEra.ORDERED_DELTAS && delta.getSafeEpoch() != 0) {
            if (Long.compareUnsigned(delta.getSafeEpoch(), before.getSafeEpoch()) < 0) {
                throw new HummockFaultException(
                        "safe_epoch",
                        "one from " + HummockKeys.u64(before.getSafeEpoch()) + " on",
                        HummockKeys.u64(delta.getSafeEpoch()));
            }
            next.setSafeEpoch(delta.getSafeEpoch());
        }
        setHead(journal, next.build());
    }

    private void setHead(Journal journal, HummockVersion next) {
        HummockVersion before = version;
        journal.touch(
                HummockKeys.CURRENT, () -> new Entry(HummockKeys.CURRENT, version.toByteString(), ByteString.EMPTY));
        version = next;
        journal.undoWith(() -> version = before);
    }
}
