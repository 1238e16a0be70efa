package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.Buffer;
import io.metawal.connectors.risingwave.proto.DistanceType;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.FlatIndexAdd;
import io.metawal.connectors.risingwave.proto.FlatIndexConfig;
import io.metawal.connectors.risingwave.proto.HnswFlatIndexAdd;
import io.metawal.connectors.risingwave.proto.HnswFlatIndexConfig;
import io.metawal.connectors.risingwave.proto.HnswGraphFileInfo;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.ChangeLogDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TableWatermarks.EpochNewWatermarks;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.connectors.risingwave.proto.VectorIndexAdds;
import io.metawal.connectors.risingwave.proto.VectorIndexDelta;
import io.metawal.connectors.risingwave.proto.VectorIndexInfo;
import io.metawal.connectors.risingwave.proto.VectorIndexInit;
import io.metawal.connectors.risingwave.proto.VnodeWatermark;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a committed epoch brings beside SSTs. What a table has of it follows from its id. */
final class RandomTableChanges {
    private static final List<Integer> VNODES = List.of(256, 12, 64, 8);

    private final RandomGenerator random;
    private final RwEra era;
    private final RandomSsts ssts;
    private final Numbers numbers;

    RandomTableChanges(RandomGenerator random, RwEra era, RandomSsts ssts, Numbers numbers) {
        this.random = random;
        this.era = era;
        this.ssts = ssts;
        this.numbers = numbers;
    }

    /** For tables that reach these epochs. */
    void addTo(HummockVersionDelta.Builder delta, HummockVersion version, Map<Integer, Long> epochs) {
        epochs.forEach((table, epoch) -> {
            if (table % 3 == 0 && random.nextInt(3) > 0) {
                delta.putNewTableWatermarks(table, watermarks(table, epoch));
            }
            // A table whose epoch rises without one has no change log any more.
            if (era.hasStateTables() && table % 4 == 1 && random.nextInt(16) > 0) {
                delta.putChangeLogDelta(table, changeLog(version, table, epoch));
            }
            if (era == RwEra.V2_1 && table % 7 == 3 && random.nextInt(3) > 0) {
                delta.putVectorIndexDelta(table, vectors(version, table));
            }
        });
    }

    private TableWatermarks watermarks(int table, long epoch) {
        int vnodes = era == RwEra.V2_1 ? VNODES.get(table / 3 % VNODES.size()) : VNODES.get(0);
        EpochNewWatermarks.Builder at = EpochNewWatermarks.newBuilder().setEpoch(epoch);
        int middle = random.nextInt(vnodes + 1);
        int end = random.nextInt(3) == 0 ? vnodes : random.nextInt(middle, vnodes + 1);
        addWatermark(at, random.nextInt(middle + 1), middle, vnodes);
        addWatermark(at, middle, end, vnodes);
        return TableWatermarks.newBuilder()
                .setIsAscending(table % 2 == 0)
                .addEpochWatermarks(at)
                .build();
    }

    private void addWatermark(EpochNewWatermarks.Builder at, int from, int to, int vnodes) {
        if (from == to) {
            return;
        }
        byte[] watermark = new byte[8];
        random.nextBytes(watermark);
        BitSet set = new BitSet();
        set.set(from, to);
        byte[] bits = set.toByteArray();
        byte[] body = new byte[1 + (vnodes + 7) / 8];
        body[0] = (byte) (vnodes % 8);
        System.arraycopy(bits, 0, body, 1, bits.length);
        at.addWatermarks(VnodeWatermark.newBuilder()
                .setWatermark(ByteString.copyFrom(watermark))
                .setVnodeBitmap(Buffer.newBuilder()
                        .setCompression(Buffer.CompressionType.NONE)
                        .setBody(ByteString.copyFrom(body))));
    }

    private ChangeLogDelta changeLog(HummockVersion version, int table, long epoch) {
        EpochNewChangeLog.Builder added = EpochNewChangeLog.newBuilder();
        long before = version.getStateTableInfoOrDefault(table, StateTableInfo.getDefaultInstance())
                .getCommittedEpoch();
        long between = before + ((epoch - before) >> 17 << 16);
        if (between > before && before != 0) {
            added.addEpochs(between);
        }
        added.addEpochs(epoch).addNewValue(ssts.flushed(List.of(table), epoch));
        if (random.nextBoolean()) {
            added.addOldValue(ssts.flushed(List.of(table), epoch));
        }
        ChangeLogDelta.Builder delta = ChangeLogDelta.newBuilder().setNewLog(added);
        TableChangeLog log = version.getTableChangeLogsOrDefault(table, TableChangeLog.getDefaultInstance());
        if (log.getChangeLogsCount() > 0 && random.nextInt(3) == 0) {
            EpochNewChangeLog last = log.getChangeLogs(random.nextInt(log.getChangeLogsCount()));
            // Releases differ in whether the epoch itself is cut off; between two epochs they agree.
            delta.setTruncateEpoch(last.getEpochs(random.nextInt(last.getEpochsCount())) + 1);
        }
        return delta.build();
    }

    private VectorIndexDelta vectors(HummockVersion version, int table) {
        VectorIndexDelta.Builder delta = VectorIndexDelta.newBuilder();
        VectorIndex index = version.getVectorIndexesOrDefault(table, VectorIndex.getDefaultInstance());
        if (!version.containsVectorIndexes(table)) {
            VectorIndexInfo.Builder made = VectorIndexInfo.newBuilder()
                    .setDimension(3 + random.nextInt(100))
                    .setDistanceType(DistanceType.DISTANCE_TYPE_L2_SQR);
            if (table % 2 == 0) {
                made.setFlat(FlatIndexConfig.getDefaultInstance());
            } else {
                made.setHnswFlat(HnswFlatIndexConfig.newBuilder()
                        .setM(16)
                        .setEfConstruction(64)
                        .setMaxLevel(7));
            }
            return delta.setInit(VectorIndexInit.newBuilder().setInfo(made)).build();
        }
        VectorIndexAdds.Builder adds = VectorIndexAdds.newBuilder();
        long next = index.hasFlat()
                ? index.getFlat().getNextVectorId()
                : index.getHnswFlat().getNextVectorId();
        VectorFileInfo file = VectorFileInfo.newBuilder()
                .setObjectId(numbers.ssts(1))
                .setFileSize(1000 + random.nextInt(1000))
                .setStartVectorId(next)
                .setVectorCount(1 + random.nextInt(100))
                .setMetaOffset(random.nextInt(1000))
                .build();
        long end = next + file.getVectorCount();
        if (index.hasFlat()) {
            adds.addAddsBuilder()
                    .setFlat(FlatIndexAdd.newBuilder().addAddedVectorFiles(file).setNextVectorId(end));
        } else {
            adds.addAddsBuilder()
                    .setHnswFlat(HnswFlatIndexAdd.newBuilder()
                            .addAddedVectorFiles(file)
                            .setNextVectorId(end)
                            .setGraphFile(HnswGraphFileInfo.newBuilder()
                                    .setObjectId(numbers.ssts(1))
                                    .setFileSize(500)));
        }
        return delta.setAdds(adds).build();
    }
}
