package io.metawal.tools.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.CommitScan;
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
        EntryKey key = EntryKey.of("hummock.table", Long.toString(id));
        Integer named = ref.timeline();
        int timeline = named == null ? history.currentTimeline() : named;
        TableLife life = new TableLife(key, ref.number());
        new CommitScan(new Segments(history.repository().store()))
                .forEach(history.line(timeline), 1, Long.MAX_VALUE, life::take);
        if (life.last() == 0) {
            throw new PointNotFoundException(
                    ref + " of table " + id + ": " + life.why() + "; `metawal info --tables` lists them");
        }
        return new Ref(timeline, Ref.Kind.SEQ, life.last(), "", 0, ref + " of table " + id);
    }

    static long committedEpoch(Entry table) {
        try {
            return StateTableInfo.parseFrom(table.value()).getCommittedEpoch();
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException(EntryName.print(table.entryKey()) + " is no state table's info", e);
        }
    }
}
