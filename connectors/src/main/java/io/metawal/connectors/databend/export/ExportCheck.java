package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.metadata.fault.CorruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads an export once, from end to end, before anything of it is used: whatever is wrong with it is found here. */
public final class ExportCheck implements ExportVisitor {
    private static final Set<String> RAFT_KNOWN = Set.of("NodeId", "Vote", "RaftStateKV", "LogMeta");
    private static final int RAFT_LINES_MAX = 1000;

    private final String file;
    private final LogSummary log;
    private final StateSummary state = new StateSummary();
    private final List<String> unknownRaft = new ArrayList<>();
    private ExportVersion version = ExportVersion.V0;
    private long lines;

    private ExportCheck(String file, long askedIndex) {
        this.file = file;
        this.log = new LogSummary(askedIndex);
    }

    /** @param askedIndex of the log entry that is to be looked at; -1 for none */
    public static ExportCheck of(ExportReader reader, long askedIndex) throws InterruptedException {
        ExportCheck check = new ExportCheck(reader.file(), askedIndex);
        reader.read(check);
        check.finish();
        return check;
    }

    private void finish() {
        state.finish(file);
        state.missing().ifPresent(missing -> {
            throw cut(missing);
        });
        long reach = Math.max(
                state.lastApplied().map(LogId::index).orElse(-1L),
                log.last().or(log::purged).map(LogId::index).orElse(-1L));
        long committed = log.committed().map(LogId::index).orElse(-1L);
        if (committed > reach) {
            throw ExportFault.of(
                    file,
                    0,
                    "Committed.index",
                    "log lines up to it",
                    "lines up to " + reach + " only: some are missing",
                    null);
        }
        long begin = log.first().map(LogId::index).orElse(0L);
        long applied = state.lastApplied().map(LogId::index).orElse(Long.MAX_VALUE - 1);
        if (begin > applied + 1) {
            throw ExportFault.of(
                    file,
                    0,
                    "log_id.index",
                    "a log that goes on from LastApplied, " + applied,
                    "one that begins at " + begin,
                    null);
        }
        if (state.sequence() > Long.MAX_VALUE - log.total().puts()) {
            throw ExportFault.of(
                    file,
                    0,
                    "Sequences.value",
                    "room for the seqs of the log's entries below 2^63",
                    "" + state.sequence(),
                    null);
        }
    }

    /** @param missing what should stand behind the last line */
    public CorruptException cut(String missing) {
        String last = state.lastKey()
                .map(key -> ", the record \"" + key.toStringUtf8() + "\"")
                .orElse("");
        return new CorruptException(file + " is cut: it ends with line " + lines + last + ", and " + missing
                + ". Nothing of this file was imported; export it again, and import it once it is written to its end");
    }

    @Override
    public void end(long count) {
        lines = count;
    }

    @Override
    public void version(ExportVersion found, String line) {
        version = found;
    }

    @Override
    public void committed(@Nullable LogId at, String line) {
        log.committed(at);
    }

    @Override
    public void purged(@Nullable LogId at, String line) {
        log.purged(at);
    }

    @Override
    public void raft(String tree, String variant, String line) throws FieldException {
        if (!RAFT_KNOWN.contains(variant)) {
            if (unknownRaft.size() == RAFT_LINES_MAX) {
                throw new FieldException(variant, "at most " + RAFT_LINES_MAX + " lines of unknown kinds", "more");
            }
            unknownRaft.add(line);
        }
    }

    @Override
    public void log(LogEntry entry) throws FieldException {
        log.add(entry);
    }

    @Override
    public void tree(String tree) {
        state.tree(tree);
    }

    @Override
    public void sequences(String key, long value) throws FieldException {
        state.sequences(key, value);
    }

    @Override
    public void meta(String key, String value, @Nullable LogId logId) throws FieldException {
        state.meta(key, logId);
    }

    @Override
    public void node(String id, String node) throws FieldException {
        state.single("Nodes", id);
    }

    @Override
    public void expire(long timeMs, long seq, ByteString key, Expire line) {
        state.expire(seq, key, line);
    }

    @Override
    public void kv(ByteString key, KvRecord record) throws FieldException {
        state.kv(key, record);
    }

    public String file() {
        return file;
    }

    public ExportVersion version() {
        return version;
    }

    public LogSummary log() {
        return log;
    }

    public StateSummary state() {
        return state;
    }

    /** What its entries do, as far as the export tells by which release it was written. */
    public ServerRules rules() {
        return log.evidence().rules(state.millis());
    }

    /** Lines of the raft trees of kinds that are not known. */
    public List<String> unknownRaft() {
        return List.copyOf(unknownRaft);
    }

    /** The last entry that is known to be committed; -1 for none. */
    public long end() {
        return Math.max(
                state.lastApplied().map(LogId::index).orElse(-1L),
                log.committed().map(LogId::index).orElse(-1L));
    }
}
