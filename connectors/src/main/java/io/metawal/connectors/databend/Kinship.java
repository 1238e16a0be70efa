package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.replay.ImageBase;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds an export's state against the image, which may be of an earlier or a later log entry. A cluster gives each seq once, in order; so
 *
 * <ul>
 *   <li>a record of one side whose seq is not above the other side's last one is on that side too, or was deleted or rewritten since
 *   <li>the same key with the same seq is the same record
 *   <li>where the export's log has all entries between the two, only what these name, and what expired, may differ
 * </ul>
 *
 * What contradicts this is another cluster's, or one side is not whole: the export where just its end is missing, else the image.
 */
final class Kinship implements StateDiff.Differences {
    /** So many keys that are gone, all behind the export's last, are told of where nothing says why. */
    private static final int GONE_TOLD = 16;

    private final ExportCheck check;
    private final Span span;
    private final ImageBase image;
    private final @Nullable ByteString lastKey;
    private final long ours;
    private final long theirs;
    private long records;
    private long differing;
    private long unshared;
    private long clashes;
    private long lost;
    private long lacking;
    private long lackingBehind;
    private long gone;
    private long goneBehind;
    private String example = "";
    private String lackingExample = "";

    /**
     * How the image lies to the export's state.
     *
     * @param order whether the image is of an earlier entry, of the same or a later one, or of none in particular
     * @param between what the log entries between the two name; null where not all of them are known
     * @param proven whether the export's log has the entry that the image is of, so that it is of the same cluster
     */
    record Span(Order order, @Nullable TouchedKeys between, Proof proven) {
        /** Of the image. */
        enum Order {
            EARLIER,
            SAME_OR_LATER,
            /** A piece of a base is in it, or several. */
            MIXED
        }

        /** That both are of one cluster. */
        enum Proof {
            ENTRY,
            NONE
        }
    }

    Kinship(ExportCheck check, Span span, ImageView view) {
        this.check = check;
        this.span = span;
        this.image = new ImageBase(view);
        this.lastKey = check.state().lastKey().orElse(null);
        Optional<Long> sequence = span.order() == Span.Order.MIXED ? Optional.empty() : ImageSequence.of(view);
        this.ours = sequence.orElse(-1L);
        this.theirs = span.order() == Span.Order.MIXED ? -1 : check.state().sequence();
    }

    @Override
    public void wanted(Entry entry) {
        records += DatabendSpaces.holdsRecords(entry.entryKey().space()) ? 1 : 0;
    }

    @Override
    public void put(Entry wanted, @Nullable Entry present) {
        if (!DatabendSpaces.holdsRecords(wanted.entryKey().space())) {
            return;
        }
        ByteString key = wanted.entryKey().key();
        KvRecord there = KvRecord.of(wanted);
        KvRecord here = present == null ? image.find(key) : KvRecord.of(present);
        if (here == null) {
            differing++;
            boolean known = there.seq() <= ours;
            if (span.order() == Span.Order.EARLIER && known) {
                unshared++;
                example = example(key, "has the seq " + there.seq() + " in the export, and is not in the log");
            } else if (span.order() == Span.Order.SAME_OR_LATER && stays(key, there)) {
                lost++;
                example = example(key, "is in the export, and was not changed since, and is not in the log");
            }
        } else if (!there.means(here)) {
            differing++;
            if (there.seq() == here.seq()
                    || there.seq() < here.seq() && here.seq() <= theirs
                    || there.seq() > here.seq() && there.seq() <= ours) {
                // A restore carries counters forward.
                clashes += CategoryRules.DEFAULT.categoryOf(wanted.entryKey()) == Category.MONOTONIC ? 0 : 1;
                example = example(
                        key,
                        "has the seq " + there.seq() + " in the export and " + here.seq()
                                + " in the log, with other content");
            }
        }
    }

    @Override
    public void delete(Entry present) {
        ByteString key = present.entryKey().key();
        // A warehouse may have moved to another space.
        if (!DatabendSpaces.holdsRecords(present.entryKey().space())
                || DatabendSpaces.candidates(key).size() > 1) {
            return;
        }
        // A restore leaves out what only lasts while it is renewed.
        if (CategoryRules.DEFAULT.categoryOf(present.entryKey()) == Category.EPHEMERAL) {
            return;
        }
        KvRecord here = KvRecord.of(present);
        boolean known = span.order() == Span.Order.SAME_OR_LATER && here.seq() <= theirs;
        if (known || span.order() == Span.Order.EARLIER && stays(key, here)) {
            lacking++;
            lackingBehind += behind(key) ? 1 : 0;
            lackingExample = lackingExample.isEmpty() ? key.toStringUtf8() : lackingExample;
        } else if (span.order() == Span.Order.EARLIER
                && span.between() == null
                && !here.meta().expires()) {
            gone++;
            goneBehind += behind(key) ? 1 : 0;
        }
    }

    /** Whether nothing between the two can have changed it. */
    private boolean stays(ByteString key, KvRecord record) {
        TouchedKeys between = span.between();
        return between != null
                && !between.contains(key)
                && (!record.meta().expires()
                        || Long.compareUnsigned(record.meta().expireMs(), between.timeMsMax()) >= 0);
    }

    private boolean behind(ByteString key) {
        return lastKey == null || ByteString.unsignedLexicographicalComparator().compare(key, lastKey) > 0;
    }

    private String example(ByteString key, String what) {
        return example.isEmpty() ? "\"" + key.toStringUtf8() + "\" " + what : example;
    }

    /** Refuses another cluster's export, and one whose end is missing. */
    void refuse() {
        boolean shared = records > differing;
        long contradictions = unshared + (span.order() == Span.Order.SAME_OR_LATER ? lost + lacking : 0);
        boolean same = span.proven() == Span.Proof.ENTRY;
        if (!same && (clashes > 0 || !shared && contradictions > 0)) {
            String what = example.isEmpty()
                    ? "\"" + lackingExample + "\" is in the log since before the export, and is not in the export"
                    : example;
            throw new SourceChangedException(
                    check.file() + " is not of the cluster that this log was filled from, or that"
                            + " cluster went back: " + what + "; a cluster gives each seq once"
                            + (shared ? "" : ", and they share no record")
                            + ". Nothing was imported; use a repository of its own for it");
        }
        if (lackingBehind > 0 && lackingBehind == lacking && clashes + lost + unshared == 0) {
            throw check.cut(lacking + " records that were there at its LastApplied are missing behind it, such as \""
                    + lackingExample + "\"");
        }
    }

    /** Where the log must be wrong about what was there at the export's state; empty where it need not be. */
    Optional<String> damage() {
        boolean tooMuch = span.between() != null && lacking > lackingBehind;
        if (clashes + lost + unshared > 0) {
            return Optional.of(clashes + lost + unshared + " records, of which " + example);
        }
        return tooMuch
                ? Optional.of(lacking + " records, of which \"" + lackingExample + "\" is not in the export")
                : Optional.empty();
    }

    /** Whether every record of the export's state that nothing changed since was compared with the image, and none differs. */
    boolean agrees() {
        return span.order() == Span.Order.SAME_OR_LATER
                && span.between() != null
                && clashes + lost + unshared + lacking == 0;
    }

    /** What looks as if the export were cut, without any proof; empty where nothing does. */
    Optional<String> doubt() {
        return gone >= GONE_TOLD && gone == goneBehind
                ? Optional.of(
                        gone
                                + " records that were there before what was purged are gone, all of them behind the export's last,"
                                + " \"" + (lastKey == null ? "" : lastKey.toStringUtf8())
                                + "\": see whether the file was written to its end; a whole one, imported later, brings them back")
                : Optional.empty();
    }
}
