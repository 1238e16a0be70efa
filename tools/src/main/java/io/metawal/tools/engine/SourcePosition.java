package io.metawal.tools.engine;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.port.LogReader;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import java.util.Optional;

/** Where a source goes on. */
public final class SourcePosition {
    private SourcePosition() {}

    /** That of the newest commit: in the hot log where it still is, else in the archive; empty where there is none. */
    public static ByteString of(Engine engine) {
        return newest(engine).map(record -> of(engine, record)).orElse(ByteString.EMPTY);
    }

    /** The newest commit, of whatever timeline; empty where there is none. */
    static Optional<CommitRecord> newest(Engine engine) {
        long seq = engine.log().head().seq();
        if (seq == 0) {
            return Optional.empty();
        }
        if (seq >= engine.log().firstSeq()) {
            try (LogReader reader = engine.log().read(seq)) {
                CommitRecord record = reader.poll();
                if (record != null) {
                    return Optional.of(record);
                }
            }
        }
        History history = History.load(engine.repository());
        int timeline = engine.log().head().timeline();
        return new CommitFinder(
                        history.line(timeline), new Segments(engine.repository().store()))
                .bySeq(seq)
                .map(stamped -> stamped.record());
    }

    /** A commit of another timeline was made by another cluster: this one starts with a base. */
    private static ByteString of(Engine engine, CommitRecord record) {
        boolean ours = record.timeline() == engine.log().head().timeline();
        return ours ? record.commit().body().sourcePosition() : ByteString.EMPTY;
    }
}
