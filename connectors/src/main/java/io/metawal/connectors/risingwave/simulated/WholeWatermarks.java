package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TableWatermarks.EpochNewWatermarks;
import io.metawal.connectors.risingwave.proto.VnodeWatermark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Watermarks of tables, by epoch and by vnode. A vnode's bitmap is one byte with the number of bits modulo eight, then the bits, the
 * lowest of each byte first.
 */
final class WholeWatermarks {
    private WholeWatermarks() {}

    static void apply(
            HummockVersion before,
            HummockVersion.Builder version,
            HummockVersionDelta delta,
            SimulatedRelease release) {
        delta.getNewTableWatermarksMap().forEach((table, added) -> {
            if (version.containsTableWatermarks(table)
                    && delta.getRemovedTableIdsList().contains(table)) {
                version.removeTableWatermarks(table);
                return;
            }
            TableWatermarks now = version.getTableWatermarksOrDefault(
                    table, added.toBuilder().clearEpochWatermarks().build());
            version.putTableWatermarks(table, appended(now, added, table));
        });
        if (release.dropRemovesWatermarks()) {
            delta.getRemovedTableIdsList().forEach(version::removeTableWatermarks);
        }
        for (int table : before.getTableWatermarksMap().keySet()) {
            if (version.containsTableWatermarks(table)) {
                TableWatermarks now = version.getTableWatermarksOrThrow(table);
                version.putTableWatermarks(table, cleared(now, safeEpoch(before, version, table)));
            }
        }
    }

    /** Zero where nothing is stale. */
    private static long safeEpoch(HummockVersion before, HummockVersion.Builder version, int table) {
        if (version.getStateTableInfoCount() == 0) {
            return before.getSafeEpoch() == version.getSafeEpoch() ? 0 : version.getSafeEpoch();
        }
        StateTableInfo info = version.getStateTableInfoOrDefault(table, StateTableInfo.getDefaultInstance());
        return info.getSafeEpoch() == 0 ? info.getCommittedEpoch() : info.getSafeEpoch();
    }

    private static TableWatermarks appended(TableWatermarks now, TableWatermarks added, int table) {
        DoesNotFit.unless(
                now.getIsAscending() == added.getIsAscending(), "the watermarks of table " + table + " turn around");
        TableWatermarks.Builder next = now.toBuilder();
        for (EpochNewWatermarks one : added.getEpochWatermarksList()) {
            int count = next.getEpochWatermarksCount();
            DoesNotFit.unless(
                    count == 0
                            || Long.compareUnsigned(
                                            next.getEpochWatermarks(count - 1).getEpoch(), one.getEpoch())
                                    < 0,
                    "the watermarks of table " + table + " go back to epoch " + one.getEpoch());
            next.addEpochWatermarks(one);
        }
        return next.build();
    }

    /** Of epochs before the safe one, only the newest watermark of each vnode that has none since, as if of the safe epoch. */
    private static TableWatermarks cleared(TableWatermarks watermarks, long safe) {
        if (watermarks.getEpochWatermarksCount() == 0
                || Long.compareUnsigned(watermarks.getEpochWatermarks(0).getEpoch(), safe) >= 0) {
            return watermarks;
        }
        BitSet covered = new BitSet();
        Deque<EpochNewWatermarks> kept = new ArrayDeque<>();
        List<VnodeWatermark> folded = new ArrayList<>();
        for (int i = watermarks.getEpochWatermarksCount() - 1; i >= 0; i--) {
            EpochNewWatermarks epoch = watermarks.getEpochWatermarks(i);
            if (Long.compareUnsigned(epoch.getEpoch(), safe) >= 0) {
                epoch.getWatermarksList().forEach(one -> covered.or(vnodes(one)));
                kept.addFirst(epoch);
                continue;
            }
            for (VnodeWatermark one : epoch.getWatermarksList()) {
                BitSet left = vnodes(one);
                left.andNot(covered);
                if (!left.isEmpty()) {
                    folded.add(withVnodes(one, left));
                    covered.or(left);
                }
            }
        }
        if (!folded.isEmpty()) {
            EpochNewWatermarks first = kept.peekFirst();
            boolean atSafe = first != null && first.getEpoch() == safe;
            EpochNewWatermarks.Builder of = atSafe
                    ? kept.removeFirst().toBuilder()
                    : EpochNewWatermarks.newBuilder().setEpoch(safe);
            kept.addFirst(of.addAllWatermarks(folded).build());
        }
        return watermarks.toBuilder()
                .clearEpochWatermarks()
                .addAllEpochWatermarks(kept)
                .build();
    }

    private static BitSet vnodes(VnodeWatermark watermark) {
        ByteString body = watermark.getVnodeBitmap().getBody();
        return body.isEmpty() ? new BitSet() : BitSet.valueOf(body.substring(1).toByteArray());
    }

    private static VnodeWatermark withVnodes(VnodeWatermark watermark, BitSet vnodes) {
        byte[] body = new byte[watermark.getVnodeBitmap().getBody().size()];
        body[0] = watermark.getVnodeBitmap().getBody().byteAt(0);
        byte[] bits = vnodes.toByteArray();
        System.arraycopy(bits, 0, body, 1, bits.length);
        VnodeWatermark.Builder next = watermark.toBuilder();
        next.getVnodeBitmapBuilder().setBody(ByteString.copyFrom(body));
        return next.build();
    }
}
