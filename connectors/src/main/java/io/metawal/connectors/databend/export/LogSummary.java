package io.metawal.connectors.databend.export;

import io.metawal.connectors.databend.log.Command;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.databend.log.Operation;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an export's log lines say together. In memory for a bounded number of samples, however long the log is. */
public final class LogSummary {
    private static final int UNKNOWN_MAX = 1000;
    private static final int SAMPLES_MAX = 1 << 16;

    private final long askedIndex;
    private final TreeMap<Long, String> unknown = new TreeMap<>();
    private final ServerEvidence evidence = new ServerEvidence();
    private final TreeMap<Long, Sum> sums = new TreeMap<>();
    private long stride = 1;
    private @Nullable LogId first;
    private @Nullable LogId last;
    private @Nullable LogId purged;
    private @Nullable LogId committed;
    private @Nullable LogEntry asked;
    private Sum sum = new Sum(0, 0, 0);
    private long firstTimeMs;

    /**
     * Up to an entry.
     *
     * @param timeMs the greatest time; 0 for none
     * @param puts at most so many seqs were taken
     * @param bytes of text
     */
    public record Sum(long timeMs, long puts, long bytes) {}

    /** @param askedIndex of an entry that is to be kept */
    LogSummary(long askedIndex) {
        this.askedIndex = askedIndex;
    }

    void add(LogEntry entry) throws FieldException {
        LogId before = last;
        long index = entry.index();
        if (before != null && index != before.index() + 1) {
            throw new FieldException(
                    "log_id.index", (before.index() + 1) + ", one more than the entry before", "" + index);
        }
        if (before != null && entry.id().term() < before.term()) {
            throw new FieldException(
                    "log_id.term",
                    "at least that of the entry before, " + before.term(),
                    "" + entry.id().term());
        }
        first = first == null ? entry.id() : first;
        last = entry.id();
        asked = index == askedIndex ? withoutText(entry) : asked;
        firstTimeMs = firstTimeMs == 0 ? entry.timeMs() : firstTimeMs;
        sum = new Sum(
                Math.max(sum.timeMs, entry.timeMs()),
                sum.puts + puts(entry.command()),
                sum.bytes + entry.text().length());
        if (entry.command() instanceof Command.Unknown what && unknown.size() < UNKNOWN_MAX) {
            unknown.put(index, what.what());
        }
        evidence.add(entry);
        sample(index);
    }

    private static LogEntry withoutText(LogEntry entry) {
        return new LogEntry(entry.id(), entry.timeMs(), new Command.Blank(), "", entry.payload());
    }

    private void sample(long index) {
        if (index % stride == 0) {
            sums.put(index, sum);
        }
        if (sums.size() > SAMPLES_MAX) {
            stride *= 2;
            sums.keySet().removeIf(key -> key % stride != 0);
        }
    }

    private static long puts(Command command) {
        if (command instanceof Command.Upsert) {
            return 1;
        }
        long most = 0;
        if (command instanceof Command.Transaction transaction) {
            for (Operation.Branch branch : transaction.branches()) {
                most = Math.max(most, 2L * branch.operations().size());
            }
        }
        return most;
    }

    void purged(@Nullable LogId at) {
        purged = at;
    }

    void committed(@Nullable LogId at) {
        committed = at;
    }

    public Optional<LogId> first() {
        return Optional.ofNullable(first);
    }

    public Optional<LogId> last() {
        return Optional.ofNullable(last);
    }

    public Optional<LogId> purged() {
        return Optional.ofNullable(purged);
    }

    public Optional<LogId> committed() {
        return Optional.ofNullable(committed);
    }

    /** The entry that was asked for, without its text and what it does; it still knows its content. */
    public Optional<LogEntry> asked() {
        return Optional.ofNullable(asked);
    }

    ServerEvidence evidence() {
        return evidence;
    }

    /** The first time that any entry has; 0 for none. */
    public long firstTimeMs() {
        return firstTimeMs;
    }

    /** About the entries up to this index; of a log of many thousands, up to one a little before. */
    public Sum upTo(long index) {
        var entry = sums.floorEntry(index);
        return entry == null ? new Sum(0, 0, 0) : entry.getValue();
    }

    /** About all of them. */
    public Sum total() {
        return sum;
    }

    /** The first entry after {@code index} that is not understood, and what it is. */
    public Optional<java.util.Map.Entry<Long, String>> unknownAfter(long index) {
        return Optional.ofNullable(unknown.higherEntry(index));
    }
}
