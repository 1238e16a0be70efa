package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.Command;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.Operation;
import io.metawal.connectors.databend.log.Operation.Expiry;
import io.metawal.connectors.databend.log.Predicate;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys that log entries leave there whatever was before them: put without a condition, to last, and not deleted since, not even under a
 * condition. Only such as come behind a key, so that of a whole export there are hardly any.
 */
final class CertainKeys implements ExportVisitor {
    private final @Nullable ByteString behind;
    private final long to;
    private final TreeSet<ByteString> keys = new TreeSet<>(ByteString.unsignedLexicographicalComparator());

    /**
     * Of the entries up to {@code to}.
     *
     * @param behind null for all keys
     */
    CertainKeys(@Nullable ByteString behind, long to) {
        this.behind = behind;
        this.to = to;
    }

    NavigableSet<ByteString> keys() {
        return keys;
    }

    @Override
    public void log(LogEntry entry) {
        if (entry.index() > to) {
            return;
        }
        if (entry.command() instanceof Command.Upsert upsert) {
            upsert(upsert);
        } else if (entry.command() instanceof Command.Transaction transaction) {
            boolean first = true;
            for (Operation.Branch branch : transaction.branches()) {
                boolean certain = first && always(branch.predicate());
                branch.operations().forEach(operation -> execute(operation, certain));
                if (certain) {
                    return;
                }
                first = false;
            }
        } else if (entry.command() instanceof Command.Unknown) {
            keys.clear();
        }
    }

    private void upsert(Command.Upsert upsert) {
        boolean any = upsert.matchFrom() == 0 && upsert.matchTo() == Long.MAX_VALUE;
        Expiry expiry = upsert.meta() == null ? Expiry.NEVER : upsert.meta();
        switch (upsert.op()) {
            case UPDATE -> put(upsert.key(), expiry, any);
            case AS_IS -> put(upsert.key(), expiry, false);
            case DELETE -> keys.remove(upsert.key());
        }
    }

    private static boolean always(Predicate predicate) {
        return predicate instanceof Predicate.And and && and.members().stream().allMatch(CertainKeys::always);
    }

    private void execute(Operation operation, boolean certain) {
        if (operation instanceof Operation.Put put) {
            put(put.key(), put.expiry(), certain && put.matchSeq() == null);
        } else if (operation instanceof Operation.FetchIncrease increase) {
            put(increase.key(), Expiry.NEVER, certain && increase.matchSeq() == null);
        } else if (operation instanceof Operation.PutSequential put) {
            put(put.sequenceKey(), Expiry.NEVER, certain);
        } else if (operation instanceof Operation.Delete delete) {
            keys.remove(delete.key());
        } else if (operation instanceof Operation.DeleteByPrefix delete) {
            Iterator<ByteString> from = keys.tailSet(delete.prefix(), true).iterator();
            while (from.hasNext() && from.next().startsWith(delete.prefix())) {
                from.remove();
            }
        }
    }

    /** What expires may be gone by now; what is ephemeral is left out of exports that a restore made. */
    private void put(ByteString key, Expiry expiry, boolean certain) {
        if (!expiry.equals(Expiry.NEVER)) {
            keys.remove(key);
        } else if (certain && isBehind(key) && lasts(key)) {
            keys.add(key);
        }
    }

    private boolean isBehind(ByteString key) {
        return behind == null || ByteString.unsignedLexicographicalComparator().compare(key, behind) > 0;
    }

    private static boolean lasts(ByteString key) {
        return CategoryRules.DEFAULT.categoryOf(DatabendSpaces.of(key, false)) != Category.EPHEMERAL;
    }
}
