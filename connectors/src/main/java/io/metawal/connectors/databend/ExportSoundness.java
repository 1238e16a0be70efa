package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.LogSummary;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.image.ImageView;
import java.util.EnumSet;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * What an export's state is held against before it is believed: its own log, and what was imported before. Nothing in an export says how
 * many lines it has, so that one that ends too early is known by what it lacks.
 */
final class ExportSoundness {
    private final ExportReader reader;
    private final ExportCheck check;
    private final long applied;

    ExportSoundness(ExportReader reader, ExportCheck check) {
        this.reader = reader;
        this.check = check;
        this.applied = check.state().lastApplied().map(LogId::index).orElse(-1L);
    }

    /** Refuses an export whose own log put, to last, what is not among its records and would come behind them. */
    void checkEnd() throws InterruptedException {
        if (applied < 0 || check.log().first().map(LogId::index).orElse(Long.MAX_VALUE) > applied) {
            return;
        }
        CertainKeys certain = new CertainKeys(check.state().lastKey().orElse(null), applied);
        reader.read(EnumSet.of(ExportReader.Part.RAFT), certain);
        NavigableSet<ByteString> keys = certain.keys();
        if (!keys.isEmpty()) {
            throw check.cut(keys.size() + " records that its own log put up to LastApplied, " + applied
                    + ", are missing behind it, such as \"" + keys.first().toStringUtf8() + "\"");
        }
    }

    /** How its state lies to the image that the log has at a position. */
    Kinship kinship(ImageView view, @Nullable DatabendPosition position) throws InterruptedException {
        Kinship kinship = new Kinship(check, span(position), view);
        new StateDiff(reader, check).run(view, kinship);
        return kinship;
    }

    private Kinship.Span span(@Nullable DatabendPosition position) throws InterruptedException {
        if (position == null) {
            return new Kinship.Span(Kinship.Span.Order.EARLIER, null, Kinship.Span.Proof.NONE);
        }
        if (position.baseAfter() != null) {
            return new Kinship.Span(Kinship.Span.Order.MIXED, null, Kinship.Span.Proof.NONE);
        }
        long at = position.index();
        // Entries without a time are the same in every cluster.
        LogEntry asked = check.log().asked().orElse(null);
        boolean proven = asked != null && asked.timeMs() > 0 && asked.content() == position.content();
        return new Kinship.Span(
                applied > at ? Kinship.Span.Order.EARLIER : Kinship.Span.Order.SAME_OR_LATER,
                between(Math.min(at, applied), Math.max(at, applied)),
                proven ? Kinship.Span.Proof.ENTRY : Kinship.Span.Proof.NONE);
    }

    private @Nullable TouchedKeys between(long after, long to) throws InterruptedException {
        TouchedKeys touched = new TouchedKeys(after, to);
        if (after == to) {
            return touched;
        }
        LogSummary log = check.log();
        boolean there = log.first().map(LogId::index).orElse(Long.MAX_VALUE) <= after + 1
                && log.last().map(LogId::index).orElse(-1L) >= to
                && check.end() >= to
                && log.unknownAfter(after)
                        .filter(unknown -> unknown.getKey() <= to)
                        .isEmpty();
        if (!there) {
            return null;
        }
        reader.read(EnumSet.of(ExportReader.Part.RAFT), touched);
        return touched;
    }
}
