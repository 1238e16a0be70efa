package io.metawal.connectors.databend.targets;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an image has beside records. */
record SystemEntries(Map<EntryKey, Entry> byKey) {
    /** Not in databend-meta's {@code key_spaces.rs} for long: a file with them is refused as a whole. */
    private static final Pattern OF_2022 =
            Pattern.compile("^\\[\"state_machine/\\d+\",\\{\"(Databases|Tables|DatabaseLookup|TableLookup)\"");

    private static final Set<Space> KNOWN = Set.of(
            DatabendSpaces.SEQUENCES,
            DatabendSpaces.LAST_APPLIED,
            DatabendSpaces.LAST_MEMBERSHIP,
            DatabendSpaces.META,
            DatabendSpaces.NODE,
            DatabendSpaces.UNKNOWN_LINE,
            DatabendSpaces.EXPORT,
            DatabendSpaces.EXPIRE,
            DatabendSpaces.LAST_LOG_ENTRY.space());

    static SystemEntries of(List<Entry> entries) {
        TreeMap<EntryKey, Entry> byKey = new TreeMap<>();
        entries.forEach(entry -> byKey.put(entry.entryKey(), entry));
        return new SystemEntries(byKey);
    }

    List<Entry> in(Space space) {
        return byKey.values().stream()
                .filter(entry -> entry.entryKey().space().equals(space))
                .toList();
    }

    /** Lines of kinds that are not known, but for those about one node's raft, and those that no import takes any more. */
    List<Entry> unknownStateLines() {
        return stateLines()
                .filter(entry -> !OF_2022.matcher(entry.value().toStringUtf8()).find())
                .toList();
    }

    /** How many lines there are of the catalog that servers had until 2022-05. */
    long formerCatalogLines() {
        return stateLines()
                .filter(entry -> OF_2022.matcher(entry.value().toStringUtf8()).find())
                .count();
    }

    /** How many lines of kinds that are not known are about one node's raft. */
    long raftLines() {
        return in(DatabendSpaces.UNKNOWN_LINE).size() - stateLines().count();
    }

    private Stream<Entry> stateLines() {
        return in(DatabendSpaces.UNKNOWN_LINE).stream()
                .filter(entry -> entry.value().toStringUtf8().startsWith("[\"state_machine/"));
    }

    /** Whether it is an image of Databend's: an import has LastApplied, or at least a sequence, from its first commit on. */
    boolean any() {
        return !in(DatabendSpaces.LAST_APPLIED).isEmpty()
                || !in(DatabendSpaces.SEQUENCES).isEmpty()
                || !in(DatabendSpaces.LAST_MEMBERSHIP).isEmpty();
    }

    /** Whether an entry that is no record has a place in an export, or says how one was written. */
    static boolean knows(EntryKey key) {
        return KNOWN.contains(key.space());
    }

    String tree() {
        return text(ExportForm.TREE).orElse(ExportForm.TREE_USUAL);
    }

    ExportForm.Expire expireForm() {
        return text(ExportForm.EXPIRE).map(ExportForm.Expire::valueOf).orElse(ExportForm.Expire.ONE);
    }

    private Optional<String> text(EntryKey key) {
        return Optional.ofNullable(byKey.get(key)).map(entry -> entry.value().toStringUtf8());
    }

    /** LastApplied; empty where nothing was applied. */
    Optional<LogId> lastApplied() {
        return text(EntryKey.of(DatabendSpaces.LAST_APPLIED.name(), "LastApplied"))
                .map(value -> TodaysForm.parse("the entry system.last_applied LastApplied", value)
                        .path("LogId"))
                .map(TodaysForm::logId);
    }
}
