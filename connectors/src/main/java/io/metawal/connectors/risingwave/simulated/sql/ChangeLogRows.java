package io.metawal.connectors.risingwave.simulated.sql;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.ChangeLogDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** From v3.0 the change logs of tables are rows, not part of the version: one for each checkpoint, until it is cut off. */
final class ChangeLogRows {
    private static final String TABLE = "hummock_table_change_log";
    private static final int INNER = 1;

    private ChangeLogRows() {}

    static void put(SqlTransaction transaction, HummockVersionDelta delta) throws SQLException {
        for (int table : new TreeSet<>(delta.getChangeLogDeltaMap().keySet())) {
            ChangeLogDelta change = delta.getChangeLogDeltaOrThrow(table);
            EpochNewChangeLog log = change.getNewLog();
            List<Long> epochs = log.getEpochsList();
            long unused = transaction.insert(
                    TABLE,
                    Map.of(
                            "table_id", (long) table,
                            "checkpoint_epoch", epochs.get(epochs.size() - 1),
                            "non_checkpoint_epochs", RandomRows.array(epochs.subList(0, epochs.size() - 1)),
                            "new_value_sst", repeated(log.getNewValueList()),
                            "old_value_sst", repeated(log.getOldValueList())));
        }
    }

    static void cutBefore(SqlTransaction transaction, long epoch) throws SQLException {
        transaction.deleteBelow(TABLE, "checkpoint_epoch", epoch);
    }

    /** A message that has these under its first number. */
    private static ByteString repeated(List<SstableInfo> ssts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (SstableInfo sst : ssts) {
                out.writeMessage(INNER, sst);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }
}
