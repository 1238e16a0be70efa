package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A base: commits that take the image, whatever it holds, to what etcd holds at one revision. On an empty image that is every key; after
 * a gap, the difference. In pieces where it is large; the last piece is the {@code BASE}, without which the ones before do not count.
 */
final class EtcdBase {
    private static final int PIECE_CHANGES_MAX = 10_000;
    private static final long PIECE_BYTES_MAX = 8 << 20;

    private final EtcdHeader head;
    private final Interpretation interpretation;
    private final long after;
    private final InstantSource clock;
    private final CheckedSink sink;
    private String gapReason;
    private List<Change> piece = new ArrayList<>();
    private long pieceBytes;

    private EtcdBase(
            EtcdHeader head, Interpretation interpretation, long after, InstantSource clock, CheckedSink sink) {
        this.head = head;
        this.interpretation = interpretation;
        this.after = after;
        this.clock = clock;
        this.sink = sink;
        this.gapReason = after == 0 ? "" : gap(after, head.revision());
    }

    /** @param after the revision up to which the log was complete; 0 where it held nothing */
    static EtcdPosition take(EtcdCapture.Wiring to, EtcdHeader head, long after, CheckedSink sink)
            throws InterruptedException {
        EtcdBase base = new EtcdBase(head, to.interpretation(), after, to.clock(), sink);
        try (ImageView image = sink.image();
                EntryIterator present = image.entries()) {
            PagedRange range = new PagedRange(
                    to.client(),
                    to.options().range(),
                    head.revision(),
                    to.options().pageKeysMax());
            EntryDiff diff =
                    new EntryDiff(to.interpretation().base(range, head.revision()), present, to.interpretation()::owns);
            for (Change change = diff.next(); change != null; change = diff.next()) {
                base.add(change);
            }
        }
        return base.finish();
    }

    private void add(Change change) throws InterruptedException {
        long bytes = EntryDiff.weight(change);
        if (!piece.isEmpty() && (piece.size() == PIECE_CHANGES_MAX || pieceBytes + bytes > PIECE_BYTES_MAX)) {
            commit(CommitKind.BASE_PART, EtcdPosition.inBase(head.clusterId(), head.revision(), after));
        }
        piece.add(change);
        pieceBytes += bytes;
    }

    private EtcdPosition finish() throws InterruptedException {
        EtcdPosition done = EtcdPosition.at(head.clusterId(), head.revision());
        commit(CommitKind.BASE, done);
        return done;
    }

    private void commit(CommitKind kind, EtcdPosition position) throws InterruptedException {
        CommitBody body = new CommitBody("", interpretation.origin(), position.bytes(), gapReason, piece);
        sink.commit(
                new CommitDraft(kind, interpretation.epoch(head.revision()), Timestamps.micros(clock.instant()), body));
        gapReason = "";
        piece = new ArrayList<>();
        pieceBytes = 0;
    }

    private static String gap(long after, long revision) {
        return "etcd revisions " + (after + 1) + " to " + revision + " were compacted away before they were captured;"
                + " what they left at revision " + revision + " is here";
    }
}
