package io.metawal.connectors.capture;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The commits of a base: changes that take the image, whatever it holds, to what the source holds at one position. On an empty image that
 * is everything; after a gap, the difference. In pieces where it is large; the last piece is the {@code BASE}, without which the ones before
 * do not count. For one thread.
 */
public final class BaseCommits {
    private static final int PIECE_CHANGES_MAX = 10_000;
    private static final long PIECE_BYTES_MAX = 8 << 20;

    private final Place place;
    private final CheckedSink sink;
    private String gapReason;
    private List<Change> piece = new ArrayList<>();
    private long pieceBytes;

    /**
     * What all of its commits say.
     *
     * @param unfinished the source position until the last piece has come
     * @param done the source position of the last piece
     * @param gapReason why what lies between the log's last commit and this base is unknown; empty where nothing is missing
     */
    public record Place(
            String origin, long epoch, long timeMicros, ByteString unfinished, ByteString done, String gapReason) {}

    public BaseCommits(Place place, CheckedSink sink) {
        this.place = place;
        this.sink = sink;
        this.gapReason = place.gapReason();
    }

    public void add(Change change) throws InterruptedException {
        long bytes = EntryDiff.weight(change);
        if (!piece.isEmpty() && (piece.size() == PIECE_CHANGES_MAX || pieceBytes + bytes > PIECE_BYTES_MAX)) {
            commit(CommitKind.BASE_PART, place.unfinished());
        }
        piece.add(change);
        pieceBytes += bytes;
    }

    /** The last piece; comes even where nothing changed. */
    public void finish() throws InterruptedException {
        commit(CommitKind.BASE, place.done());
    }

    private void commit(CommitKind kind, ByteString position) throws InterruptedException {
        CommitBody body = new CommitBody("", place.origin(), position, gapReason, piece);
        sink.commit(new CommitDraft(kind, place.epoch(), place.timeMicros(), body));
        gapReason = "";
        piece = new ArrayList<>();
        pieceBytes = 0;
    }
}
