package io.metawal.storage.repository;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a repository holds, as one reader found it: timelines, terms, heads, manifest, and the segments that count. Made from
 * lists and small objects; no segment is opened. Immutable.
 */
public final class History {
    private final Repository repository;
    private final Terms terms;
    private final NavigableMap<Integer, Timeline> timelines;
    private final NavigableMap<Long, Head> heads;
    private final ManifestLog.Read manifest;
    private final Map<Integer, List<SegmentName>> segments;

    private History(
            Repository repository,
            Terms terms,
            NavigableMap<Integer, Timeline> timelines,
            NavigableMap<Long, Head> heads,
            ManifestLog.Read manifest,
            List<SegmentName> listed) {
        this.repository = repository;
        this.terms = terms;
        this.timelines = timelines;
        this.heads = heads;
        this.manifest = manifest;
        this.segments = new TreeMap<>();
        for (SegmentName name : listed) {
            if (terms.counts(name)) {
                segments.computeIfAbsent(name.timeline(), tl -> new ArrayList<>())
                        .add(name);
            }
        }
    }

    public static History load(Repository repository) {
        // Heads before segments: a head then never speaks of a segment that this list came too early for.
        NavigableMap<Long, Head> heads = new TreeMap<>();
        ObjectStores.forEach(
                repository.store(),
                Keys.HEADS,
                "",
                stat -> Repository.number(stat.key(), Keys.HEADS, "")
                        .ifPresent(term -> heads.put(term, repository.read(stat.key(), Head.class))));
        List<Term> taken = Terms.load(repository);
        for (long term : heads.keySet()) {
            if (taken.stream().noneMatch(known -> known.term() == term)) {
                throw new CorruptException(Keys.term(term) + " is missing, though " + Keys.head(term)
                        + " is there: what that term wrote cannot be distinguished from what a fenced writer wrote");
            }
        }
        NavigableMap<Integer, Timeline> timelines = new TreeMap<>();
        ObjectStores.forEach(
                repository.store(),
                Keys.TIMELINES,
                "",
                stat -> Repository.number(stat.key(), Keys.TIMELINES, ".json")
                        .ifPresent(tl -> timelines.put(tl.intValue(), repository.read(stat.key(), Timeline.class))));
        List<SegmentName> listed = new ArrayList<>();
        ObjectStores.forEach(
                repository.store(),
                Keys.SEGMENTS,
                "",
                stat -> SegmentName.parse(stat.key()).ifPresent(listed::add));
        Set<Long> active = new HashSet<>(heads.keySet());
        listed.forEach(name -> active.add(name.term()));
        Terms terms = Terms.of(taken, active);
        // The manifest last: a gap is recorded in it before the commits after the gap are there to be listed.
        return new History(repository, terms, timelines, heads, ManifestLog.read(repository, terms), listed);
    }

    public Repository repository() {
        return repository;
    }

    public Terms terms() {
        return terms;
    }

    public NavigableMap<Integer, Timeline> timelines() {
        return timelines;
    }

    public NavigableMap<Long, Head> heads() {
        return heads;
    }

    public ManifestLog.Read manifest() {
        return manifest;
    }

    /** The timeline that the newest writer wrote. */
    public int currentTimeline() {
        return terms.newest().map(term -> term.from().timeline()).orElse(Timeline.FIRST);
    }

    /** What the newest term that wrote a timeline says of its end. */
    public Optional<Head> head(int timeline) {
        return heads.descendingMap().values().stream()
                .filter(head -> head.at().timeline() == timeline)
                .findFirst();
    }

    /** The newest head of all. */
    public Optional<Head> newestHead() {
        return heads.isEmpty()
                ? Optional.empty()
                : Optional.of(heads.lastEntry().getValue());
    }

    /** The segments of a timeline alone that count, in order. */
    public List<SegmentName> segments(int timeline) {
        return List.copyOf(segments.getOrDefault(timeline, List.of()));
    }

    /** The last seq that anything in the repository says was archived on the way to a timeline's end; the segments may end before. */
    public long archivedSeq(int timeline) {
        return Math.max(
                timeline(timeline).forkSeq(),
                head(timeline).map(head -> head.at().seq()).orElse(0L));
    }

    /** Which source lives on a timeline: the last that a writer named, else the one that it was made for. */
    public String source(int timeline) {
        String named = timeline(timeline).source();
        for (Term term : terms.terms()) {
            if (term.from().timeline() == timeline && !term.source().isEmpty()) {
                named = term.source();
            }
        }
        return named;
    }

    /** Whether a writer ever took a timeline up. */
    public boolean written(int timeline) {
        return head(timeline).isPresent() || !segments(timeline).isEmpty();
    }

    /** Whether a fork that nobody wrote to was left for a newer one of the same source. */
    public boolean abandoned(int timeline) {
        String source = timeline(timeline).source();
        return !source.isEmpty()
                && !written(timeline)
                && timelines.tailMap(timeline, false).values().stream()
                        .anyMatch(newer -> newer.source().equals(source));
    }

    /**
     * Whether nobody has written to a timeline of an API source since its newest head: its writer stopped in good order, with
     * everything archived, and none came after it.
     */
    public boolean quietSinceRelease(int timeline) {
        return source(timeline).isEmpty()
                && head(timeline)
                        .filter(head -> quietSinceRelease(head, Long.MAX_VALUE))
                        .isPresent();
    }

    /** As above, as far as terms before this one tell. */
    boolean quietSinceRelease(Head head, long before) {
        int timeline = head.at().timeline();
        return head.released()
                && terms.terms().stream()
                        .noneMatch(term -> term.term() > head.term()
                                && term.term() < before
                                && term.from().timeline() == timeline);
    }

    /** How often the source was observed, by plan, while a term wrote. */
    public long observeMicros(long term) {
        return terms.terms().stream()
                .filter(known -> known.term() == term && known.observeMicros() > 0)
                .mapToLong(Term::observeMicros)
                .findFirst()
                .orElse(Term.OBSERVE_MICROS);
    }

    /** Whether a timeline's epochs begin anew at its fork: it was made for a cluster that is captured, with a clock of its own. */
    public boolean ownClock(int timeline) {
        Timeline known = timeline(timeline);
        return known.parent() != 0 && !known.source().isEmpty();
    }

    public Timeline timeline(int timeline) {
        Timeline found = timelines.get(timeline);
        if (found == null) {
            if (segments.containsKey(timeline)) {
                throw new CorruptException(Keys.timeline(timeline) + " is missing, though segments of it are there");
            }
            throw new PointNotFoundException("timeline " + timeline + " does not exist; there are " + timelines.keySet()
                    + ", see `metawal timeline list`");
        }
        return found;
    }

    /** A timeline with its ancestors. */
    public Line line(int timeline) {
        List<Line.Piece> pieces = new ArrayList<>();
        long upTo = Long.MAX_VALUE;
        int at = timeline;
        while (at != 0) {
            List<SegmentName> own = segments(at);
            for (int n = own.size() - 1; n >= 0; n--) {
                SegmentName name = own.get(n);
                if (name.first() <= upTo) {
                    pieces.add(new Line.Piece(name, Math.min(name.last(), upTo)));
                }
            }
            Timeline here = timeline(at);
            upTo = Math.min(upTo, here.forkSeq());
            at = here.parent();
        }
        Collections.reverse(pieces);
        return new Line(timeline, pieces);
    }

    /**
     * Where a timeline's archive ends; for one that nothing was written to, its fork, as the start of that timeline. The last
     * segment is read whole: whoever continues from its end must not take damage for it.
     */
    public Segments.End end(int timeline) {
        Line line = line(timeline);
        if (line.pieces().isEmpty()) {
            return new Segments.End(Provenance.START.on(timeline), SegmentHash.NONE);
        }
        Line.Piece last = line.pieces().get(line.pieces().size() - 1);
        Segments reader = new Segments(repository.store());
        var segment = reader.open(last.segment());
        if (last.upToSeq() == last.segment().last()) {
            Segments.End end = Segments.end(segment.header(), segment.footer());
            return new Segments.End(end.at().on(timeline), end.hash());
        }
        Provenance[] fork = {Provenance.of(Position.START, Digest.EMPTY)};
        segment.forEach(segment.blockOf(last.upToSeq()), stamped -> {
            if (stamped.record().seq() == last.upToSeq()) {
                fork[0] = stamped.provenance();
            }
        });
        // The next segment follows a commit in the middle of this one, not its end: it names no segment before it.
        return new Segments.End(fork[0].on(timeline), SegmentHash.NONE);
    }
}
