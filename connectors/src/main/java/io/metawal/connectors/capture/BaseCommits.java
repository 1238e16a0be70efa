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
    private final Place place;
    private final CheckedSink sink;
    private final Limits limits;
    private String gapReason;
    private boolean any;
    private boolean inPieces;
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

    /**
     * How large a commit may be.
     *
     * @param changesMax at least 1
     */
    public record Limits(int changesMax, long bytesMax) {
        public static final Limits DEFAULT = new Limits(10_000, 8 << 20);
    }

    public BaseCommits(Place place, CheckedSink sink) {
        this(place, sink, Limits.DEFAULT);
    }

    public BaseCommits(Place place, CheckedSink sink, Limits limits) {
        this.place = place;
        this.sink = sink;
        this.limits = limits;
        this.gapReason = place.gapReason();
    }

    public void add(Change change) throws InterruptedException {
        long bytes = EntryDiff.weight(change);
        if (!piece.isEmpty() && (piece.size() == limits.changesMax() || pieceBytes + bytes > limits.bytesMax())) {
            inPieces = true;
            commit(CommitKind.BASE_PART, place.unfinished());
        }
        piece.add(change);
        pieceBytes += bytes;
        any = true;
    }

    /** All that a difference has still to give. */
    public void addAll(EntryDiff difference) throws InterruptedException {
        for (Change change = difference.next(); change != null; change = difference.next()) {
            add(change);
        }
    }

    /** Whether there is any change in it. */
    public boolean any() {
        return any;
    }

    /** The last piece; comes even where nothing changed. */
    public void finish() throws InterruptedException {
        finish(CommitKind.BASE);
    }

    /** As {@link #finish()}; {@code whole} is the kind of a commit that holds all of it. */
    public void finish(CommitKind whole) throws InterruptedException {
        commit(inPieces ? CommitKind.BASE : whole, place.done());
    }

    private void commit(CommitKind kind, ByteString position) throws InterruptedException {
        CommitBody body = new CommitBody("", place.origin(), position, gapReason, piece);
        sink.commit(new CommitDraft(kind, place.epoch(), place.timeMicros(), body));
        gapReason = "";
        piece = new ArrayList<>();
        pieceBytes = 0;
    }
}
