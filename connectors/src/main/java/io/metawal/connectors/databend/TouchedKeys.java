package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.Command;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which keys the log entries of a span may have changed: all that they name, whether their conditions held or not. In memory for 8 to 16
 * bytes a key.
 */
final class TouchedKeys implements ExportVisitor {
    private final long after;
    private final long to;
    private final KeySet keys = new KeySet();
    private final Set<ByteString> prefixes = new HashSet<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();
    private long timeMsMax;

    /** Of the entries behind {@code after}, up to {@code to}. */
    TouchedKeys(long after, long to) {
        this.after = after;
        this.to = to;
    }

    /** Whether the key may have been put or deleted, but for its having expired. */
    boolean contains(ByteString key) {
        if (keys.contains(DatabendSpaces.of(key, false))) {
            return true;
        }
        for (int length : lengths.headSet(key.size(), true)) {
            if (prefixes.contains(key.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    /** The greatest time of an entry, ms: what expires before is gone, or may be. */
    long timeMsMax() {
        return timeMsMax;
    }

    @Override
    public void log(LogEntry entry) {
        if (entry.index() <= after || entry.index() > to) {
            return;
        }
        timeMsMax = Math.max(timeMsMax, entry.timeMs());
        if (entry.command() instanceof Command.Upsert upsert) {
            add(upsert.key());
        } else if (entry.command() instanceof Command.Transaction transaction) {
            for (Operation.Branch branch : transaction.branches()) {
                add(branch.operations());
            }
        }
    }

    private void add(List<Operation> operations) {
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                add(put.key());
            } else if (operation instanceof Operation.Delete delete) {
                add(delete.key());
            } else if (operation instanceof Operation.FetchIncrease increase) {
                add(increase.key());
            } else if (operation instanceof Operation.DeleteByPrefix delete) {
                addPrefix(delete.prefix());
            } else if (operation instanceof Operation.PutSequential put) {
                addPrefix(put.prefix());
                add(put.sequenceKey());
            }
        }
    }

    private void add(ByteString key) {
        keys.add(DatabendSpaces.of(key, false));
    }

    private void addPrefix(ByteString prefix) {
        prefixes.add(prefix);
        lengths.add(prefix.size());
    }
}
