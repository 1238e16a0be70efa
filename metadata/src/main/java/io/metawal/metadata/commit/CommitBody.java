package io.metawal.metadata.commit;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * What a source says of one transaction; where it stands in the log is {@link CommitHeader}.
 *
 * @param actor who did it, as the source names them; empty where it does not
 * @param origin which source, such as {@code etcd} or {@code append}
 * @param sourcePosition where the source goes on after this commit, in the connector's own form; empty for an API source
 * @param gapReason why what lies between the previous commit and this one is unknown; empty where nothing is missing
 * @param changes in the order of the transaction; of several for one key, the last counts
 */
public record CommitBody(
        String actor, String origin, ByteString sourcePosition, String gapReason, List<Change> changes) {
    public CommitBody {
        changes = List.copyOf(changes);
    }

    public static CommitBody of(String actor, String origin, List<Change> changes) {
        return new CommitBody(actor, origin, ByteString.EMPTY, "", changes);
    }

    public boolean afterGap() {
        return !gapReason.isEmpty();
    }
}
