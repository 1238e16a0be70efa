package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TableWatermarks.EpochNewWatermarks;
import io.metawal.connectors.risingwave.proto.VnodeWatermark;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Cuts watermarks short: those from the epoch on stay; of the older ones, newest first, each vnode that has none yet keeps its newest, as
 * one of that epoch. A bitmap of vnodes: one byte, the number of bits modulo 8, then the bits, lowest first.
 */
final class StaleWatermarks {
    private StaleWatermarks() {}

    static TableWatermarks cleared(TableWatermarks marks, long epoch) {
        List<EpochNewWatermarks> kept = new ArrayList<>();
        BitSet covered = new BitSet();
        int n = marks.getEpochWatermarksCount() - 1;
        for (; n >= 0 && Long.compareUnsigned(marks.getEpochWatermarks(n).getEpoch(), epoch) >= 0; n--) {
            kept.add(marks.getEpochWatermarks(n));
            marks.getEpochWatermarks(n).getWatermarksList().forEach(each -> covered.or(vnodes(each)));
        }
        List<VnodeWatermark> folded = new ArrayList<>();
        for (; n >= 0; n--) {
            for (VnodeWatermark each : marks.getEpochWatermarks(n).getWatermarksList()) {
                BitSet vnodes = vnodes(each);
                BitSet open = (BitSet) vnodes.clone();
                open.andNot(covered);
                covered.or(vnodes);
                if (open.equals(vnodes) && !open.isEmpty()) {
                    folded.add(each);
                } else if (!open.isEmpty()) {
                    folded.add(with(each, open));
                }
            }
        }
        if (!folded.isEmpty()) {
            int oldest = kept.size() - 1;
            if (oldest >= 0 && kept.get(oldest).getEpoch() == epoch) {
                kept.set(
                        oldest,
                        kept.get(oldest).toBuilder().addAllWatermarks(folded).build());
            } else {
                kept.add(EpochNewWatermarks.newBuilder()
                        .setEpoch(epoch)
                        .addAllWatermarks(folded)
                        .build());
            }
        }
        Collections.reverse(kept);
        return marks.toBuilder()
                .clearEpochWatermarks()
                .addAllEpochWatermarks(kept)
                .build();
    }

    private static BitSet vnodes(VnodeWatermark mark) {
        ByteString body = mark.getVnodeBitmap().getBody();
        return body.isEmpty() ? new BitSet() : BitSet.valueOf(body.substring(1).toByteArray());
    }

    private static VnodeWatermark with(VnodeWatermark mark, BitSet vnodes) {
        byte[] body = mark.getVnodeBitmap().getBody().toByteArray();
        byte[] bits = vnodes.toByteArray();
        for (int n = 1; n < body.length; n++) {
            body[n] = n <= bits.length ? bits[n - 1] : 0;
        }
        return mark.toBuilder()
                .setVnodeBitmap(mark.getVnodeBitmap().toBuilder().setBody(ByteString.copyFrom(body)))
                .build();
    }
}
