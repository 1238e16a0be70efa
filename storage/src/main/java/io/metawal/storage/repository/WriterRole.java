package io.metawal.storage.repository;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.object.ObjectStores;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The right to write to a repository: everything that publishes goes through here.
 *
 * <ul>
 *   <li>Taken by creating {@code term/<n+1>}, which one of several can (I8). The taker then looks again: if an older writer
 *       published something between its look and its term, it takes the next term, so that nothing published before the
 *       term is left out.
 *   <li>A segment is published, then the term is checked, then it is said to be archived: a writer that was fenced in between
 *       says so instead, and what it wrote does not count.
 * </ul>
 *
 * Safe for several threads.
 */
public final class WriterRole {
    private final Repository repository;
    private final Term term;
    private final InstantSource clock;
    private ManifestLog.Read manifest;

    private WriterRole(Repository repository, Term term, ManifestLog.Read manifest, InstantSource clock) {
        this.repository = repository;
        this.term = term;
        this.manifest = manifest;
        this.clock = clock;
    }

    /**
     * @param timeline the timeline to write
     * @param source identity of the captured cluster; empty for an API source
     */
    public record Request(String owner, int timeline, String source) {}

    public static WriterRole take(Repository repository, Request request, InstantSource clock) {
        while (true) {
            History history = History.load(repository);
            Segments.End end = history.end(request.timeline());
            checkTail(history, request.timeline(), end.at());
            Map<Integer, Long> ends = ends(history);
            long number = Terms.newestNumber(repository, 0) + 1;
            Instant now = clock.instant();
            Term term = new Term(
                    number,
                    UUID.randomUUID().toString(),
                    request.owner(),
                    Timestamps.micros(now),
                    end.at(),
                    end.hash(),
                    ends,
                    request.source());
            try {
                repository.create(Keys.term(number), term);
            } catch (ObjectExistsException raced) {
                continue;
            }
            History again = History.load(repository);
            if (!ends(history.withTerms(again)).equals(ends)) {
                continue;
            }
            WriterRole role = new WriterRole(repository, term, again.manifest(), clock);
            long observed = history.head(request.timeline())
                    .map(Head::observedUntilMicros)
                    .orElse(end.at().timeMicros());
            role.putHead(end.at(), end.hash(), observed, end.at().epoch());
            return role;
        }
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
        history.head(timeline).ifPresent(head -> {
            if (head.at().seq() > end.seq()) {
                throw new CorruptException("the archive of timeline " + timeline + " ends at seq " + end.seq()
                        + ", but "
                        + Keys.head(head.term()) + " says that seq " + head.at().seq()
                        + " was archived: the segments between were lost; restore them from a copy, or see `metawal"
                        + " verify`");
            }
        });
    }

    public Repository repository() {
        return repository;
    }

    public Term term() {
        return term;
    }

    /** Fails if a newer term exists. */
    public void check() {
        long newest = Terms.newestNumber(repository, term.term());
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
    public void putHead(Provenance at, SegmentHash hash, long observedUntilMicros, long observedEpoch) {
        Head head = new Head(term.term(), at, observedUntilMicros, observedEpoch, manifestNumber(), hash);
        repository.store().replace(Keys.head(term.term()), SealedJson.write(Keys.head(term.term()), head));
    }

    /** The newest edit of the manifest that this writer knows. */
    public synchronized long manifestNumber() {
        return manifest.number();
    }

    /** What the manifest says now. */
    public synchronized Manifest.State manifest() {
        return manifest.state();
    }

    /** Writes the next edit of the manifest. */
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
                manifest = new ManifestLog.Read(number, state);
                return;
            } catch (ObjectExistsException raced) {
                // Our own edit whose outcome was unknown, or another's: in both cases go on from what is there.
                check();
                Manifest.State known = manifest.state();
                Manifest there =
                        ManifestLog.after(repository, manifest.number()).orElseThrow(() -> raced);
                manifest = new ManifestLog.Read(number, known.apply(there.edit()));
            }
        }
    }
}
