package io.metawal.pitr.restore;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.BodyCodec;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Timeline;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far every id generator came behind a point, on whatever timeline: what a restore to it goes on with, so that no id comes twice (I7).
 * Every commit behind the point is looked through, since a generator that was dropped, or set back, meanwhile has given its ids out all the
 * same. Cost: reading what lies behind the point once, one segment in memory at a time.
 */
public final class NewestIds {
    private static final String MONOTONIC_WORD = "id";

    private final NavigableMap<EntryKey, Entry> newest = new TreeMap<>();

    private NewestIds() {}

    /** Every MONOTONIC entry that a commit behind the point put, on any timeline; of several of one key, the furthest. */
    public static NavigableMap<EntryKey, Entry> behind(ResolvedPoint point, History history) {
        NewestIds ids = new NewestIds();
        CommitScan scan = new CommitScan(new Segments(history.repository().store()));
        long from = history.timelines().keySet().stream()
                .mapToLong(timeline -> shared(history, timeline, point))
                .min()
                .orElse(point.seq());
        // Timelines share what they forked from: each segment is read once.
        Map<SegmentName, Long> seen = new HashMap<>();
        for (int timeline : history.timelines().keySet()) {
            Line line = history.line(timeline);
            for (Line.Piece piece : line.between(from + 1, line.lastSeq())) {
                long first = seen.getOrDefault(piece.segment(), from) + 1;
                if (first <= piece.upToSeq()) {
                    scan.forEach(line, first, piece.upToSeq(), ids::add);
                    seen.put(piece.segment(), piece.upToSeq());
                }
            }
        }
        return Collections.unmodifiableNavigableMap(ids.newest);
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

    private boolean add(StampedCommit stamped) {
        CommitRecord record = stamped.record();
        byte[] bytes = record.array();
        BodyCodec.scan(
                bytes,
                record.payloadAt(),
                record.payloadLength(),
                (space, keyAt, keyLength, op, valueAt, valueLength, metaAt, metaLength) -> {
                    if (op == Op.PUT && space.name().startsWith(MONOTONIC_WORD)) {
                        put(new Entry(
                                new EntryKey(space, ByteString.copyFrom(bytes, keyAt, keyLength)),
                                ByteString.copyFrom(bytes, valueAt, valueLength),
                                ByteString.copyFrom(bytes, metaAt, metaLength)));
                    }
                });
        return true;
    }

    private void put(Entry entry) {
        if (isId(entry.entryKey())) {
            newest.merge(entry.entryKey(), entry, MonotonicOrder::further);
        }
    }

    static boolean isId(EntryKey key) {
        return CategoryRules.DEFAULT.categoryOf(key) == Category.MONOTONIC;
    }
}
