package io.metawal.connectors.risingwave.sqltarget;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.metadata.fault.CorruptException;
import java.util.Map;

/** A row of {@code hummock_version_delta} out of a delta's bytes: the other columns repeat what is in them. */
final class DeltaRow {
    private DeltaRow() {}

    static ByteString of(ByteString delta) {
        try {
            HummockVersionDelta parsed = HummockVersionDelta.parseFrom(delta);
            return RowCodec.encode(SqlRow.of(Map.of(
                    "id", parsed.getId(),
                    "prev_id", parsed.getPrevId(),
                    "max_committed_epoch", parsed.getMaxCommittedEpoch(),
                    "safe_epoch", parsed.getSafeEpoch(),
                    "trivial_move", parsed.getTrivialMove(),
                    "full_version_delta", delta)));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException("a version delta that was kept as it was cannot be read: " + e.getMessage(), e);
        }
    }
}
