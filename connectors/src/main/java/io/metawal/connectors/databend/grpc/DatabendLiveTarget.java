package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.ListedState;
import io.metawal.connectors.databend.ScratchImage;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.NodeStatus;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A running meta service taken back to a point of its own history: what differs is put and deleted, in transactions that say of
 * every key which seq it must have. The seqs are new ones, so ids that are seqs go on rising (I7); counters are raised, never lowered; what comes
 * and goes by itself stays. A restore of one transaction is atomic; one of several that breaks off is gone on with by repeating it, since
 * it starts from what is there. Nothing is written before {@link #publish}. Every entry of the point is to be given: what is not, is deleted.
 *
 * <p>Another cluster is refused, a fresh one too: its seqs, from which the ids of databases and tables are taken, begin at 1 and would
 * meet those that are restored. For one thread.
 */
public final class DatabendLiveTarget implements RestoreTarget {
    private static final int READ_BACKS_MAX = 5;
    private static final String INSTEAD = ". For another or a fresh cluster, restore --into databend-export:FILE and"
            + " databend-metactl import it into a stopped service: that keeps the seqs";

    private final DatabendOptions options;
    private final InstantSource clock;
    private final DatabendClient client;
    private final WriteBatches batches;
    private final Path scratch;
    private final ExportSpool.ChunkLines chunk;
    private @Nullable ScratchImage found;
    private @Nullable LivePlan plan;
    private @Nullable RestorePoint checked;

    /** @param scratch a directory for temporary files: twice what the service holds */
    public DatabendLiveTarget(DatabendOptions options, InstantSource clock, Path scratch) {
        this(options, clock, scratch, WriteBatches.Limits.DEFAULT);
    }

    DatabendLiveTarget(DatabendOptions options, InstantSource clock, Path scratch, WriteBatches.Limits limits) {
        this.options = options;
        this.clock = clock;
        this.scratch = scratch;
        this.chunk = new ExportSpool.ChunkLines(options.chunkLines());
        this.client = new DatabendClient(options.address());
        this.batches = new WriteBatches(limits, scratch);
    }

    @Override
    public String describe() {
        return options.toString();
    }

    /** Nothing is seen of it before {@link #publish}. */
    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        checked = point;
        uninterrupted(() -> leaderPast(point));
    }

    @Override
    public void examine(Entry entry) {
        planned().want(entry);
    }

    @Override
    public RestoreReport ready() {
        LivePlan all = planned();
        complete(all);
        return report(all);
    }

    /** The pending writes, for which the service's present state is read; nothing is written to it. */
    private LivePlan planned() {
        LivePlan made = plan;
        if (made == null) {
            prepare(Objects.requireNonNull(checked, "check comes first"));
            made = Objects.requireNonNull(plan);
        }
        return made;
    }

    private void complete(LivePlan all) {
        all.end();
        String other = all.otherCluster();
        if (other != null) {
            throw notTheSame(other);
        }
        batches.requireTaken(options.toString());
    }

    private RestoreReport report(LivePlan all) {
        return new RestoreReport(batches.operations(), 0, all.ephemeral(), all.notes());
    }

    private NodeStatus leaderPast(RestorePoint point) throws InterruptedException {
        NodeStatus status = client.status();
        if (!status.leads()) {
            throw new UnreachableException(options
                    + ": none of these nodes leads, and they do not say who does: give the" + " address of every node");
        }
        long epoch = point.provenance().epoch();
        if (status.lastLogIndex() < epoch) {
            throw notTheSame("its log ends at index " + status.lastLogIndex() + ", before the point, " + epoch);
        }
        return status;
    }

    @Override
    public void prepare(RestorePoint point) {
        uninterrupted(() -> {
            NodeStatus status = leaderPast(point);
            ScratchImage image = ScratchImage.open(scratch);
            found = image;
            String sameEntry;
            long reached;
            try (ExportSpool export = ExportSpool.take(client, chunk, scratch)) {
                ExportReader reader = LiveExport.reader(client, export);
                sameEntry = LiveExport.logEntry(reader, point.provenance().epoch());
                reached = LiveExport.bring(reader, status.release(), ByteString.EMPTY, image)
                        .to();
            }
            compareWithList(reached, image);
            ServerRules rules = ServerRules.ofRelease(status.release()).orElse(ServerRules.NEWEST);
            plan = new LivePlan(image.image(), sameEntry, rules, batches, clock.millis());
            return status;
        });
    }

    /** What the plan begins from is what the service itself lists, where nobody writes to it meanwhile; else what is read back tells. */
    private void compareWithList(long reached, ScratchImage image) throws InterruptedException {
        NodeStatus before = client.status();
        try (LiveList list = LiveList.take(client, scratch);
                ImageView view = image.image()) {
            NodeStatus after = client.status();
            boolean quiet =
                    after.lastLogIndex() == reached && after.leads() && after.appliedAll() && after.equals(before);
            if (quiet) {
                String different = new ListedState(list, after.lastSeq(), clock.millis())
                        .difference(view)
                        .orElse(null);
                if (different != null) {
                    throw new MismatchException(options + ": what its export leads to at log index "
                            + after.lastLogIndex() + " is not what it lists: " + different
                            + ". Nothing was written. databend-metactl trigger-snapshot makes an export that does not"
                            + " have to be replayed; repeat the restore after it");
                }
            }
        }
    }

    @Override
    public void write(Entry entry) {
        Objects.requireNonNull(plan, "prepare comes first").want(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        LivePlan all = Objects.requireNonNull(plan, "prepare comes first");
        complete(all);
        return uninterrupted(() -> {
            LiveWrites writes = new LiveWrites(client);
            batches.forEach(writes::carryOut);
            batches.forEach(writes::readBack);
            readBack(all.expected());
            beforeVisible.run();
            return report(all);
        });
    }

    /** Compares all that the service holds with the point. A node may be a little behind what it has acknowledged. */
    private void readBack(RecordSum expected) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Digest there = recordsThere(expected.begin(), attempt);
            if (there.equals(expected.sum())) {
                return;
            }
            if (attempt >= READ_BACKS_MAX) {
                throw new MismatchException(options + " does not hold the records of the point: expected "
                        + expected.sum().count() + " with digest " + expected.sum() + ", found " + there.count()
                        + " with digest " + there
                        + ". Somebody else wrote to it meanwhile: stop that, and repeat the restore");
            }
            client.pause(attempt);
        }
    }

    /** As the service lists them, what was not written too. */
    private Digest recordsThere(RecordSum sum, int attempt) throws InterruptedException {
        try (LiveList list = LiveList.take(client, scratch)) {
            list.forEach((key, record) -> sum.add(record.entry(key)));
            return sum.sum();
        } catch (UnreachableException e) {
            if (attempt >= READ_BACKS_MAX) {
                throw e;
            }
            return Digest.EMPTY;
        }
    }

    private MetawalException notTheSame(String why) {
        return new MetawalException(
                ExitCode.TARGET_NOT_EMPTY,
                options + " is not the cluster that the point is of: " + why + ". Nothing was written" + INSTEAD);
    }

    private <T> T uninterrupted(Interruptible.Step<T> step) {
        return Interruptible.run("restoring into " + options + ": repeat it to go on", step);
    }

    @Override
    public void close() {
        LivePlan open = plan;
        if (open != null) {
            open.close();
        }
        ScratchImage image = found;
        if (image != null) {
            image.close();
        }
        batches.close();
        client.close();
    }
}
