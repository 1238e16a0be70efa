package io.metawal.storage.repository;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStores;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a repository: everything that publishes goes through here.
 *
 * <ul>
 *   <li>Taken by creating {@code term/<n+1>}, which one of several can (I8), and which fences older writers. The taker then
 *       looks again: if an older writer published something between its first look and its term, it takes the next term, and
 *       the one that knew too little stays void. Its first head, written when it has seen that nothing came between, makes
 *       the term count (see {@link Terms}). So nothing that was reported as archived is ever left out.
 *   <li>A segment is published, then the term is checked, then it is said to be archived: a writer that was fenced in between
 *       says so instead, and what it wrote does not count.
 * </ul>
 *
 * Safe for several threads.
 */
public final class WriterRole {
    private static final Logger LOG = LoggerFactory.getLogger(WriterRole.class);

    private static final long COMPARE_EVERY_MICROS = 60_000_000;

    private final Repository repository;
    private final Term term;
    private final InstantSource clock;
    private ManifestLog.Read manifest;
    private Head head;
    private Clamps clamps;
    private long comparedMicros;
    private volatile StoreClock storeClock = StoreClock.EQUAL;
    private volatile long comparisons;
    private volatile boolean compareSoon;
    private volatile Supplier<@Nullable Long> acknowledged = () -> null;
    private @Nullable Compared compared;

    private WriterRole(Repository repository, Term term, ManifestLog.Read manifest, Head head, InstantSource clock) {
        this.repository = repository;
        this.term = term;
        this.manifest = manifest;
        this.head = head;
        this.clamps = head.clamps();
        this.clock = clock;
    }

    /**
     * @param timeline the timeline to write
     * @param source identity of the captured cluster; empty for an API source
     * @param observeMicros how often the source is observed, by plan
     * @param log which hot log commits are acknowledged in; empty for none
     * @param heartbeatMicros how often a sign of life is given; 0 where that is not known
     * @param segmentAgeMicros how long a commit waits at most before it is archived; 0 where that is not known
     */
    public record Request(
            String owner,
            int timeline,
            String source,
            long observeMicros,
            String log,
            long heartbeatMicros,
            long segmentAgeMicros) {
        public Request(String owner, int timeline, String source, long observeMicros, String log) {
            this(owner, timeline, source, observeMicros, log, 0, 0);
        }

        public Request(String owner, int timeline, String source) {
            this(owner, timeline, source, Term.OBSERVE_MICROS, "");
        }
    }

    public static WriterRole take(Repository repository, Request request, InstantSource clock) {
        while (true) {
            History history = History.load(repository);
            Segments.End end = history.end(request.timeline());
            checkTail(history, request.timeline(), end.at());
            Map<Integer, Long> ends = ends(history);
            long number = history.terms().newest().map(Term::term).orElse(0L) + 1;
            Term term = new Term(
                    number,
                    UUID.randomUUID().toString(),
                    request.owner(),
                    Timestamps.micros(clock.instant()),
                    end.at(),
                    end.hash(),
                    ends,
                    history.terms().current(),
                    history.manifest().number(),
                    request.source(),
                    request.observeMicros(),
                    request.log(),
                    request.heartbeatMicros(),
                    request.segmentAgeMicros());
            try {
                repository.create(Keys.term(number), term);
            } catch (ObjectExistsException raced) {
                continue;
            }
            History again = History.load(repository);
            if (again.terms().current() != term.follows()
                    || again.manifest().number() != term.manifest()
                    || !ends(again).equals(ends)) {
                continue;
            }
            // What the source was known to be up to stays known.
            Optional<Head> last = again.head(request.timeline());
            boolean begins = history.segments(request.timeline()).isEmpty() && history.ownClock(request.timeline());
            Head head = new Head(
                    number,
                    end.at(),
                    observedUntil(again, request, end.at(), term),
                    begins
                            ? 0
                            : Math.max(
                                    end.at().epoch(),
                                    last.map(Head::observedEpoch).orElse(0L)),
                    term.manifest(),
                    end.hash(),
                    Timestamps.micros(clock.instant()),
                    last.map(Head::clamps).orElse(Clamps.NONE),
                    false,
                    null,
                    last.map(Head::compared)
                            .filter(compared -> compared.seq() <= end.at().seq())
                            .orElse(null));
            WriterRole role = new WriterRole(repository, term, again.manifest(), head, clock);
            role.put(head);
            role.compareClocks();
            return role;
        }
    }

    /** What the last writer knew; and where nobody but a writer could add anything, that nobody did until now. */
    private static long observedUntil(History history, Request request, Provenance end, Term term) {
        Optional<Head> last = history.head(request.timeline());
        if (last.isEmpty()) {
            return end.timeMicros();
        }
        long known = last.get().observedUntilMicros();
        // Commits that bring times of their own may be older than now.
        boolean undated = known > last.get().at().timeMicros();
        return undated && request.source().isEmpty() && history.quietSinceRelease(last.get(), term.term())
                ? Math.max(known, term.takenMicros())
                : known;
    }

    private static Map<Integer, Long> ends(History history) {
        Map<Integer, Long> ends = new TreeMap<>();
        for (int timeline : history.timelines().keySet()) {
            long last = history.segments(timeline).stream()
                    .mapToLong(SegmentName::last)
                    .max()
                    .orElse(history.timeline(timeline).forkSeq());
            ends.put(timeline, last);
        }
        return ends;
    }

    private static void checkTail(History history, int timeline, Provenance end) {
        long fork = history.timeline(timeline).forkSeq();
        if (fork > end.seq()) {
            throw new CorruptException("timeline " + timeline + " left its parent after seq " + fork
                    + ", but the segments that lead to it end at seq " + end.seq()
                    + ": those between were lost; restore them from a copy, or see `metawal verify`");
        }
        history.head(timeline).ifPresent(head -> {
            if (head.at().seq() > end.seq()) {
                throw new CorruptException("the archive of timeline " + timeline + " ends at seq " + end.seq()
                        + ", but "
                        + Keys.head(head.term()) + " says that seq " + head.at().seq()
                        + " was archived: the segments between were lost; restore them from a copy, or see `metawal"
                        + " verify`");
            }
            if (head.at().seq() == end.seq() && !head.at().chain().matches(end.chain())) {
                throw new MismatchException("the archive of timeline " + timeline + " ends at seq " + end.seq()
                        + " with chain value " + end.chain() + ", but " + Keys.head(head.term()) + " says "
                        + head.at().chain() + ": they are not of one history; see `metawal verify`");
            }
        });
    }

    public Repository repository() {
        return repository;
    }

    public Term term() {
        return term;
    }

    /** Fails if a newer term exists, or if this one is not there: then this is not the store that it was taken in. */
    public void check() {
        long newest = Terms.newestNumber(repository, term.term() - 1);
        if (newest < term.term()) {
            throw new UnreachableException(repository.store().describe() + " does not have " + Keys.term(term.term())
                    + ", the term of this writer: another directory is mounted there, or it was emptied; nothing counts as"
                    + " archived until it is back");
        }
        if (newest > term.term()) {
            throw new FencedException(
                    "this writer has term " + term.term() + ", but term " + newest + " was taken since"
                            + repository
                                    .find(Keys.term(newest), Term.class)
                                    .map(t -> " by " + t.owner() + " at " + Timestamps.print(t.takenMicros()))
                                    .orElse("")
                            + ": stopping; nothing that it wrote after that counts");
        }
    }

    /** From now on, each head says how far commits were acknowledged. */
    public void acknowledging(Supplier<@Nullable Long> lastSeq) {
        acknowledged = lastSeq;
    }

    /** Publishes a segment; on return it is archived for good. */
    public void publish(EncodedSegment segment) {
        SegmentName name = new SegmentName(
                segment.header().timeline(),
                segment.header().firstSeq(),
                segment.header().lastSeq(),
                term.term());
        ObjectStores.createOrConfirm(repository.store(), name.key(), segment);
        check();
    }

    /** Rewrites this term's head. */
    public synchronized void putHead(Provenance at, SegmentHash hash, long observedUntilMicros, long observedEpoch) {
        put(new Head(
                term.term(),
                at,
                observedUntilMicros,
                observedEpoch,
                manifest.number(),
                hash,
                nowMicros(),
                clamps,
                false,
                acknowledged.get(),
                comparedAt(at.seq())));
    }

    /** The next head counts one more commit whose clock was not believed. */
    public synchronized void clamped(long seq, long micros) {
        clamps = clamps.and(seq, micros);
    }

    /** Compares this machine's clock with the store's, by a head that was written just now. */
    private synchronized void compareClocks() {
        long before = nowMicros();
        compareSoon = false;
        putHead(false);
        ObjectStat stat = repository.store().stat(Keys.head(term.term()));
        if (stat != null) {
            storeClock = StoreClock.compared(before, Timestamps.micros(stat.modified()), nowMicros());
            comparedMicros = before;
            comparisons++;
        }
    }

    /** The next heartbeat is to compare the clocks. */
    public void compareClocksSoon() {
        compareSoon = true;
    }

    /** How often the clocks were compared. */
    public long comparisons() {
        return comparisons;
    }

    /** The store's clock, as it was when the clocks were compared last. */
    public StoreClock storeClock() {
        return storeClock;
    }

    /** Says that this writer lives, and finds out whether it still may write. */
    public void heartbeat() {
        check();
        long since = nowMicros() - comparedMicros;
        if (compareSoon || since < 0 || since > COMPARE_EVERY_MICROS) {
            compareClocks();
        } else {
            putHead(false);
        }
    }

    /** Says that this writer has stopped and writes no more: whoever waits for the role need not wait longer. */
    public void release() {
        putHead(true);
    }

    private synchronized void putHead(boolean released) {
        put(new Head(
                term.term(),
                head.at(),
                head.observedUntilMicros(),
                head.observedEpoch(),
                manifest.number(),
                head.segmentHash(),
                nowMicros(),
                clamps,
                released,
                acknowledged.get(),
                comparedAt(head.at().seq())));
    }

    /** What was captured is equal to the source; the head says so once the commits that were compared are archived. */
    public synchronized void compared(Compared equal) {
        compared = equal;
    }

    /** When that was last so, archived or not; null where it never was. */
    public synchronized @Nullable Compared lastCompared() {
        return compared == null ? head.compared() : compared;
    }

    /** Whether the head does not say yet what could be said of the commits up to a seq. */
    public synchronized boolean comparedSince(long archivedSeq) {
        return !Objects.equals(comparedAt(archivedSeq), head.compared());
    }

    private @Nullable Compared comparedAt(long archivedSeq) {
        return compared != null && compared.seq() <= archivedSeq ? compared : head.compared();
    }

    private long nowMicros() {
        return Timestamps.micros(clock.instant());
    }

    private synchronized void put(Head next) {
        repository.store().replace(Keys.head(term.term()), SealedJson.write(Keys.head(term.term()), next));
        head = next;
    }

    /** This term's head as it was last written. */
    public synchronized Head head() {
        return head;
    }

    /** The newest edit of the manifest that this writer knows. */
    public synchronized long manifestNumber() {
        return manifest.number();
    }

    /** What the manifest says now. */
    public synchronized Manifest.State manifest() {
        return manifest.state();
    }

    /** Writes the next edit of the manifest; on return it counts for good. */
    public synchronized void publish(Manifest.Edit edit) {
        check();
        while (true) {
            long number = manifest.number() + 1;
            Manifest.State state = manifest.state().apply(edit);
            boolean full = number % Manifest.FULL_EVERY == 0;
            Manifest next =
                    new Manifest(number, term.term(), Timestamps.micros(clock.instant()), edit, full ? state : null);
            try {
                repository.create(Keys.manifest(number), next);
                check();
                manifest = new ManifestLog.Read(number, state);
                tellManifest();
                return;
            } catch (ObjectExistsException raced) {
                // Our own edit whose outcome was unknown, which counts; or that of a writer who was fenced meanwhile.
                check();
                Manifest.State known = manifest.state();
                Manifest there =
                        ManifestLog.after(repository, manifest.number()).orElseThrow(() -> raced);
                boolean own = there.term() == term.term();
                manifest = new ManifestLog.Read(number, own ? known.apply(there.edit()) : known);
            }
        }
    }

    /** The head names the newest edit, so that a lost one is noticed. */
    private void tellManifest() {
        try {
            putHead(false);
        } catch (UnreachableException | UnknownOutcomeException e) {
            // The edit is written, and that counts; the next head names it.
            LOG.debug("the head does not name edit {} of the manifest yet", manifest.number(), e);
        }
    }
}
