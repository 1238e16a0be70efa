package io.metawal.pitr.restore;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.BodyCodec;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Entry;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds how far every id generator came after a point, on any timeline: where a restore to it continues, so that no id is given out twice
 * (I7). Every commit after the point is read, since a generator that was dropped, or set back, has given its ids out all the same. What is
 * missing, or cannot be read, is listed: the caller must not treat it as read. Cost: reading what lies after the point once, one segment in
 * memory at a time.
 */
public final class NewestIds {
    private final History history;
    private final CategoryRules rules;
    private final List<String> monotonicSpaces;
    private final NavigableMap<EntryKey, Entry> newest = new TreeMap<>();
    private final List<String> missing = new ArrayList<>();
    private final TreeMap<SegmentName, Span> wanted = new TreeMap<>();

    /** The seqs of a segment that lie after the point, both ends included. */
    private record Span(long first, long last) {
        Span and(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private NewestIds(History history, CategoryRules rules) {
        this.history = history;
        this.rules = rules;
        this.monotonicSpaces = rules.rules().stream()
                .filter(rule -> rule.category() == Category.MONOTONIC)
                .map(CategoryRules.Rule::space)
                .toList();
    }

    /** Of several entries of one key, the furthest. */
    public static KnownIds after(ResolvedPoint point, History history, CategoryRules rules) {
        NewestIds ids = new NewestIds(history, rules);
        ids.lookForTimelines();
        for (int timeline : history.timelines().keySet()) {
            try {
                ids.lookAt(timeline, shared(history, timeline, point));
            } catch (CorruptException | PointNotFoundException e) {
                ids.missing("timeline " + timeline + " cannot be followed: " + e.text());
            }
        }
        ids.wanted.forEach(ids::read);
        return ids.known();
    }

    /** Begins with nothing, for commits that are given one by one with {@link #add}. */
    public static NewestIds collecting(History history, CategoryRules rules) {
        return new NewestIds(history, rules);
    }

    /** Something that should have been added, and could not be read; for the operator. */
    public void missing(String what) {
        missing.add(what);
    }

    /** Everything that was added. */
    public KnownIds known() {
        return new KnownIds(newest, rules, 0, missing, List.of());
    }

    /** A timeline whose own object is lost is not in the list: what was given out on it is not known. */
    private void lookForTimelines() {
        TreeSet<Integer> named = new TreeSet<>(history.timelines().keySet());
        history.heads().values().forEach(head -> named.add(head.at().timeline()));
        history.terms().terms().forEach(term -> named.addAll(term.ends().keySet()));
        for (int timeline = Timeline.FIRST; timeline <= named.last(); timeline++) {
            if (!history.timelines().containsKey(timeline)) {
                missing.add("timeline " + timeline + " is missing in the repository, and with it all of its commits");
            }
        }
    }

    private void lookAt(int timeline, long shared) {
        Line line = history.line(timeline);
        long end = Math.max(line.lastSeq(), archived(timeline));
        for (Line.Hole hole : line.holesBetween(shared + 1, end)) {
            missing.add("seq " + hole.first() + " to " + hole.last() + " of timeline " + timeline
                    + " were archived, and no segment holds them any more");
        }
        for (Line.Piece piece : line.between(shared + 1, line.lastSeq())) {
            Span span = new Span(Math.max(shared + 1, piece.segment().first()), piece.upToSeq());
            wanted.merge(piece.segment(), span, Span::and);
        }
    }

    /** The last seq of a timeline that anything in the repository says was archived. */
    private long archived(int timeline) {
        long head = history.heads().values().stream()
                .filter(each -> each.at().timeline() == timeline)
                .filter(each -> counts(each.term()))
                .mapToLong(each -> each.at().seq())
                .max()
                .orElse(0);
        long ends = history.terms().line().stream()
                .mapToLong(term -> term.ends().getOrDefault(timeline, 0L))
                .max()
                .orElse(0);
        return Math.max(head, ends);
    }

    private boolean counts(long term) {
        return history.terms().line().stream().mapToLong(Term::term).anyMatch(number -> number == term);
    }

    private void read(SegmentName name, Span span) {
        try {
            new Segments(history.repository().store()).open(name).forEach(stamped -> {
                long seq = stamped.record().seq();
                if (seq >= span.first() && seq <= span.last()) {
                    add(stamped);
                }
            });
        } catch (CorruptException | GapException | MismatchException e) {
            unreadable(name, span, e);
        }
    }

    private void unreadable(SegmentName name, Span span, MetawalException e) {
        missing.add("seq " + span.first() + " to " + span.last() + " of timeline " + name.timeline()
                + " cannot be read: " + e.text());
    }

    /** Up to which seq a timeline has the same commits as the one of the point, but not beyond the point. */
    private static long shared(History history, int timeline, ResolvedPoint point) {
        Map<Integer, Long> lineage = lineage(history, timeline);
        long shared = 0;
        for (Map.Entry<Integer, Long> ancestor :
                lineage(history, point.at().timeline()).entrySet()) {
            long theirs = lineage.getOrDefault(ancestor.getKey(), 0L);
            shared = Math.max(shared, Math.min(theirs, Math.min(ancestor.getValue(), point.seq())));
        }
        return shared;
    }

    /** A timeline and its ancestors, each with the last seq of it that is part of the line. */
    private static Map<Integer, Long> lineage(History history, int timeline) {
        Map<Integer, Long> lineage = new HashMap<>();
        long upTo = Long.MAX_VALUE;
        Timeline at = history.timelines().get(timeline);
        while (at != null && !lineage.containsKey(at.timeline())) {
            lineage.put(at.timeline(), upTo);
            upTo = Math.min(upTo, at.forkSeq());
            at = history.timelines().get(at.parent());
        }
        return lineage;
    }

    private void add(StampedCommit stamped) {
        add(stamped.record());
    }

    /** The ids that a commit put. */
    public void add(CommitRecord record) {
        byte[] bytes = record.array();
        BodyCodec.scan(
                bytes,
                record.payloadAt(),
                record.payloadLength(),
                (space, keyAt, keyLength, op, valueAt, valueLength, metaAt, metaLength) -> {
                    if (op == Op.PUT && mayHoldIds(space)) {
                        put(new Entry(
                                new EntryKey(space, ByteString.copyFrom(bytes, keyAt, keyLength)),
                                ByteString.copyFrom(bytes, valueAt, valueLength),
                                ByteString.copyFrom(bytes, metaAt, metaLength)));
                    }
                });
    }

    private boolean mayHoldIds(Space space) {
        return monotonicSpaces.stream().anyMatch(space.name()::startsWith);
    }

    private void put(Entry entry) {
        if (rules.categoryOf(entry.entryKey()) == Category.MONOTONIC) {
            newest.merge(entry.entryKey(), entry, MonotonicOrder::known);
        }
    }
}
