package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Reads what a plan names and gives the image at its target as sorted entries.
 *
 * <p>Threads take segments one by one, and fold them each on its own: since of two changes of a key the one with the greater
 * seq wins, whoever saw it, no order between them is needed, and any split gives the same image (I2). A thread that holds more
 * than its share of memory sorts it and puts it aside on disk (I11). Then all runs and the base are merged.
 *
 * <p>Checked on the way: each segment's hash, that each names the one before by hash and chain value, that the base's chain
 * value is the log's at its seq, and that every commit from base to target was there once.
 */
public final class Replay {
    private final ObjectStore store;
    private final ReplayLimits limits;
    private final LongConsumer progress;
    private final Predicate<Space> wanted;

    /** @param progress told of commits as they are folded; called by several threads */
    public Replay(ObjectStore store, ReplayLimits limits, LongConsumer progress) {
        this(store, limits, progress, any -> true);
    }

    private Replay(ObjectStore store, ReplayLimits limits, LongConsumer progress, Predicate<Space> wanted) {
        this.store = store;
        this.limits = limits;
        this.progress = progress;
        this.wanted = wanted;
    }

    /** Of some spaces only: others may be among the entries or not, so that their digest says nothing. */
    public static Replay ofSpaces(ObjectStore store, ReplayLimits limits, Predicate<Space> wanted) {
        return new Replay(store, limits, any -> {}, wanted);
    }

    /** What links a segment to its neighbours, as read. */
    private record Link(
            SegmentHash previousHash, SegmentHash hash, Chain previousChain, Chain lastChain, long commits) {}

    public MergedEntries run(RestorePlan plan) {
        List<RunCursor> runs = new ArrayList<>();
        SpillFolder spill = new SpillFolder(limits.scratch());
        List<Line.Piece> pieces = plan.pieces();
        Link[] links = new Link[pieces.size()];
        AtomicInteger next = new AtomicInteger();
        int threads = Math.max(1, Math.min(limits.threads(), pieces.size()));
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<RunCursor>>> workers = new ArrayList<>();
            for (int n = 0; n < threads; n++) {
                workers.add(executor.submit(() -> work(plan, links, next, limits.memoryBytes() / threads, spill)));
            }
            joinAll(workers, runs);
            checkLinks(plan, links);
            SnapshotManifest base = plan.base();
            if (base != null) {
                runs.add(new SnapshotCursor(store, base));
            }
            return new MergedEntries(runs, spill);
        } catch (RuntimeException e) {
            runs.forEach(RunCursor::close);
            spill.close();
            throw e;
        } finally {
            executor.shutdownNow();
        }
    }

    /** Waits for all even where one failed: the caller is about to remove the directory that the others still write to. */
    private static void joinAll(List<Future<List<RunCursor>>> workers, List<RunCursor> runs) {
        RuntimeException failure = null;
        for (Future<List<RunCursor>> worker : workers) {
            try {
                runs.addAll(join(worker));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static List<RunCursor> join(Future<List<RunCursor>> worker) {
        try {
            return worker.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(io.metawal.metadata.fault.ExitCode.INTERRUPTED, "the replay was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<RunCursor> work(
            RestorePlan plan, Link[] links, AtomicInteger next, long memoryBytes, SpillFolder spill) {
        List<RunCursor> runs = new ArrayList<>();
        try {
            fold(plan, links, next, memoryBytes, runs, spill);
            return runs;
        } catch (RuntimeException e) {
            // What is left to be taken is of no use: the other threads are to end soon.
            next.set(links.length);
            runs.forEach(RunCursor::close);
            throw e;
        }
    }

    private void fold(
            RestorePlan plan,
            Link[] links,
            AtomicInteger next,
            long memoryBytes,
            List<RunCursor> runs,
            SpillFolder spill) {
        Segments segments = new Segments(store);
        RunBuilder builder = new RunBuilder(wanted);
        List<Line.Piece> pieces = plan.pieces();
        // From the newest on: what is known already hides older changes, which then cost no copy.
        for (int n = next.getAndIncrement(); n < pieces.size(); n = next.getAndIncrement()) {
            int index = pieces.size() - 1 - n;
            Line.Piece piece = pieces.get(index);
            Segment segment = segments.open(piece.segment());
            links[index] = fold(plan, piece, segment, builder);
            progress.accept(links[index].commits());
            if (builder.bytes() > memoryBytes) {
                runs.add(RunFile.write(spill.folder(), builder.sorted()));
                builder = new RunBuilder(wanted);
            }
        }
        runs.add(builder.sorted());
    }

    private static Link fold(RestorePlan plan, Line.Piece piece, Segment segment, RunBuilder builder) {
        long[] commits = {0};
        SnapshotManifest base = plan.base();
        for (int block = segment.blocks() - 1; block >= 0; block--) {
            if (segment.footer().blocks().get(block).firstSeq() > piece.upToSeq()) {
                continue;
            }
            segment.forEach(block, stamped -> {
                long seq = stamped.record().seq();
                if (seq > plan.baseSeq() && seq <= piece.upToSeq()) {
                    builder.add(stamped.record());
                    commits[0]++;
                } else if (base != null
                        && seq == plan.baseSeq()
                        && !stamped.record().chain().equals(base.at().chain())) {
                    throw chainBroken(base, stamped.record().chain());
                }
            });
        }
        return new Link(
                segment.header().previousHash(),
                segment.footer().hash(),
                segment.header().previousChain(),
                segment.footer().lastChain(),
                commits[0]);
    }

    private static MismatchException chainBroken(SnapshotManifest base, Chain found) {
        return new MismatchException("snapshot " + base.id() + " (" + base.id().prefix() + ") has chain value "
                + base.at().chain() + ", but the log has " + found + " at seq "
                + base.at().seq()
                + ": they are not of one history");
    }

    private static void checkLinks(RestorePlan plan, Link[] links) {
        long commits = 0;
        for (int n = 0; n < links.length; n++) {
            Line.Piece piece = plan.pieces().get(n);
            commits += links[n].commits();
            if (n == 0) {
                checkFirst(plan, piece, links[0]);
                continue;
            }
            Line.Piece before = plan.pieces().get(n - 1);
            boolean whole = before.upToSeq() == before.segment().last();
            if (whole
                    && !(links[n].previousHash().equals(links[n - 1].hash())
                            && links[n].previousChain().equals(links[n - 1].lastChain()))) {
                throw new MismatchException(
                        "the chain is broken at seq " + piece.segment().first() + ": "
                                + piece.segment() + " follows a segment of hash " + links[n].previousHash() + ", but "
                                + before.segment() + " has hash " + links[n - 1].hash() + "; run `metawal verify`");
            }
        }
        if (commits != plan.commits()) {
            throw new GapException("replay met " + commits + " commits from seq " + (plan.baseSeq() + 1) + " to "
                    + plan.target().seq() + ", expected " + plan.commits() + "; run `metawal verify`");
        }
    }

    private static void checkFirst(RestorePlan plan, Line.Piece piece, Link link) {
        SnapshotManifest base = plan.base();
        Chain expected = base == null ? Chain.GENESIS : base.at().chain();
        if (piece.segment().first() == plan.baseSeq() + 1
                && !link.previousChain().equals(expected)) {
            if (base != null) {
                throw chainBroken(base, link.previousChain());
            }
            throw new MismatchException(
                    piece.segment() + " does not start at the beginning of the chain; run `metawal verify`");
        }
    }
}
