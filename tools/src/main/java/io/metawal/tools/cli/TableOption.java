package io.metawal.tools.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.pitr.plan.RefResolver;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Narrows {@code epoch:N} to one table. Tables of RisingWave commit epochs of their own, and a commit's epoch is the largest of them: a table that
 * lags may stand at an epoch ≤ N long after another has passed it.
 */
final class TableOption {
    @Option(
            names = "--table",
            paramLabel = "ID",
            description =
                    "with epoch:N of a RisingWave: the last point at which this table had committed no later epoch")
    private @Nullable Long table;

    /** The ref itself where no table was named. */
    Ref narrow(History history, Ref ref, Instant now) {
        Long id = table;
        if (id == null) {
            return ref;
        }
        if (ref.kind() != Ref.Kind.EPOCH || ref.back() != 0) {
            throw new UsageException("--table goes with epoch:N only, found " + ref);
        }
        ResolvedPoint start = new RefResolver(history, now).resolve(ref);
        EntryKey key = EntryKey.of("hummock.table", Long.toString(id));
        long[] last = {start.seq()};
        new CommitScan(new Segments(history.repository().store()))
                .forEach(history.line(start.timeline()), start.seq() + 1, Long.MAX_VALUE, stamped -> {
                    if (stamped.record().afterGap()
                            || passes(stamped.record().commit().changes(), key, ref.number())) {
                        return false;
                    }
                    if (stamped.record().kind().restorable()) {
                        last[0] = stamped.record().seq();
                    }
                    return true;
                });
        Ref found = new Ref(start.timeline(), Ref.Kind.SEQ, last[0], "", 0, ref + " of table " + id);
        requireTable(history, found, key, now);
        return found;
    }

    private static boolean passes(Iterable<Change> changes, EntryKey key, long epoch) {
        for (Change change : changes) {
            if (change.op() == Op.PUT
                    && change.entryKey().equals(key)
                    && Long.compareUnsigned(committedEpoch(Entry.of(change)), epoch) > 0) {
                return true;
            }
        }
        return false;
    }

    static long committedEpoch(Entry table) {
        try {
            return StateTableInfo.parseFrom(table.value()).getCommittedEpoch();
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException(EntryName.print(table.entryKey()) + " is no state table's info", e);
        }
    }

    private static void requireTable(History history, Ref found, EntryKey key, Instant now) {
        boolean[] there = {false};
        Replayed.look(history, found, now, entry -> there[0] |= entry.entryKey().equals(key));
        if (!there[0]) {
            throw new PointNotFoundException(found + ": Hummock knows no table of this id at seq " + found.number()
                    + "; `metawal info --tables` lists them");
        }
    }
}
