package io.metawal.connectors.databend.replay;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.log.Command;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Applies log entries as the meta service's state machine does, from the newest version that was read. Pure: the time that
 * counts is the entry's. For one thread.
 *
 * <ul>
 *   <li>Before an entry with a time, every record whose expiry is before that time is deleted.
 *   <li>A put, or a refresh of the meta, takes the next seq; a delete takes none; a condition that fails changes nothing.
 *   <li>What is put expired already takes its seq and is gone.
 * </ul>
 */
public final class Replayer {
    private static final String SEQUENCE = "generic-kv";

    private final Records records;
    private final KvCommands commands;
    private final Set<String> nodes = new TreeSet<>();

    /** @param sequence the last seq given */
    public Replayer(ReplayBase base, MetaStyle style, ServerRules rules, long sequence) {
        this.records = new Records(base);
        this.commands = new KvCommands(records, style, rules, sequence);
    }

    /** Tells of a record of the base that expires; to be done for all of them before the first entry. */
    public void expires(ByteString key, KvRecord record) {
        records.expires(key, record);
    }

    /** Tells of a node of the base. */
    public void node(String id) {
        nodes.add(id);
    }

    /** Bytes, about, held for what changed since the base. */
    public long changedBytes() {
        return records.changedBytes();
    }

    /** Goes on from a newer base, which has in it all that was applied. */
    public void rebase(ReplayBase newer) {
        records.rebase(newer);
    }

    /** What the entry changes, its own place in {@code LastApplied} included. */
    public List<Change> apply(LogEntry entry) {
        long sequence = commands.sequence();
        commands.begin(entry.timeMs());
        Command command = entry.command();
        if (command instanceof Command.Upsert upsert) {
            commands.upsert(upsert);
        } else if (command instanceof Command.Transaction transaction) {
            commands.transaction(transaction);
        } else if (command instanceof Command.Unknown unknown) {
            throw new IllegalArgumentException("log entry " + entry.id() + " has the unknown " + unknown.what());
        }
        List<Change> changes = records.takeChanges();
        if (command instanceof Command.Membership membership) {
            String value =
                    "{\"Membership\":{\"log_id\":" + logIdText(entry) + ",\"membership\":" + membership.text() + "}}";
            changes.add(put(DatabendSpaces.LAST_MEMBERSHIP, "LastMembership", value));
        } else if (command instanceof Command.AddNode add && (nodes.add(add.id()) || add.overriding())) {
            changes.add(put(DatabendSpaces.NODE, add.id(), add.node()));
        } else if (command instanceof Command.RemoveNode remove && nodes.remove(remove.id())) {
            changes.add(Change.delete(EntryKey.of(DatabendSpaces.NODE.name(), remove.id())));
        }
        if (commands.sequence() != sequence) {
            changes.add(put(DatabendSpaces.SEQUENCES, SEQUENCE, Long.toString(commands.sequence())));
        }
        changes.add(put(DatabendSpaces.LAST_APPLIED, "LastApplied", "{\"LogId\":" + logIdText(entry) + "}"));
        return changes;
    }

    private static Change put(io.metawal.metadata.commit.Space space, String key, String value) {
        return Change.put(new EntryKey(space, ByteString.copyFromUtf8(key)), ByteString.copyFromUtf8(value));
    }

    /** As the entry has it, which differs by version. */
    private static String logIdText(LogEntry entry) {
        String start = "{\"log_id\":";
        int end = entry.text().indexOf(",\"payload\"");
        return entry.text().startsWith(start) && end > 0
                ? entry.text().substring(start.length(), end)
                : entry.id().json();
    }
}
