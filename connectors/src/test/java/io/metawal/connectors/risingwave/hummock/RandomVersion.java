package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.FlatIndex;
import io.metawal.connectors.risingwave.proto.FlatIndexConfig;
import io.metawal.connectors.risingwave.proto.HnswFlatIndex;
import io.metawal.connectors.risingwave.proto.HnswFlatIndexConfig;
import io.metawal.connectors.risingwave.proto.HnswGraphFileInfo;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** Versions that are well formed and make no sense, with unknown fields in every message. */
public final class RandomVersion {
    private final RandomGenerator random;
    private long nextId = 1;

    public RandomVersion(RandomGenerator random) {
        this.random = random;
    }

    public HummockVersion make() {
        HummockVersion.Builder version = HummockVersion.newBuilder()
                .setId(random.nextLong())
                .setMaxCommittedEpoch(random.nextLong())
                .setSafeEpoch(random.nextInt(2));
        for (int n = random.nextInt(4); n > 0; n--) {
            version.putLevels(random.nextInt(3) == 0 ? random.nextLong() : n, group());
            version.putStateTableInfo(
                    random.nextInt(),
                    odd(StateTableInfo.newBuilder().setCommittedEpoch(n).build()));
            version.putTableWatermarks(random.nextInt(), watermarks());
            version.putTableChangeLogs(n, changeLog());
            version.putVectorIndexes(random.nextInt(), vector());
        }
        return odd(version.build());
    }

    private HummockVersion.Levels group() {
        HummockVersion.Levels.Builder group = HummockVersion.Levels.newBuilder()
                .setGroupId(random.nextInt(9))
                .addMemberTableIds(random.nextInt())
                .setCompactionGroupVersionId(random.nextInt(3));
        for (int n = 1; n <= random.nextInt(4); n++) {
            group.addLevels(level().setLevelIdx(n).build());
        }
        if (random.nextInt(4) != 0) {
            OverlappingLevel.Builder l0 = OverlappingLevel.newBuilder().setTotalFileSize(random.nextInt(3));
            for (int n = 1; n <= random.nextInt(4); n++) {
                l0.addSubLevels(
                        level().setSubLevelId(n * 8L + random.nextInt(8)).build());
            }
            group.setL0(odd(l0.build()));
        }
        return odd(group.build());
    }

    private Level.Builder level() {
        boolean sorted = random.nextBoolean();
        Level.Builder level = Level.newBuilder()
                .setLevelType(
                        sorted
                                ? LevelType.LEVEL_TYPE_NONOVERLAPPING
                                : random.nextInt(5) == 0
                                        ? LevelType.LEVEL_TYPE_UNSPECIFIED
                                        : LevelType.LEVEL_TYPE_OVERLAPPING)
                .setTotalFileSize(random.nextInt());
        int count = random.nextInt(12);
        for (int n = 0; n < count; n++) {
            level.addTableInfos(sst(sorted ? 2 * n : random.nextInt(30)));
        }
        return odd(level.build()).toBuilder();
    }

    SstableInfo sst(int table) {
        SstableInfo.Builder sst = SstableInfo.newBuilder()
                .setObjectId(random.nextInt(100))
                .setSstId(random.nextInt(10) == 0 ? -nextId++ : nextId++)
                .setFileSize(random.nextInt(3))
                .addTableIds(table);
        if (random.nextInt(20) != 0 || table > 0) {
            sst.setKeyRange(odd(KeyRange.newBuilder()
                    .setLeft(fullKey(table, random.nextInt(3), random.nextInt(3)))
                    .setRight(fullKey(table + 1, random.nextInt(3), random.nextInt(3)))
                    .setRightExclusive(random.nextBoolean())
                    .build()));
        }
        return odd(sst.build());
    }

    static ByteString fullKey(int table, int vnode, long epoch) {
        return ByteString.copyFrom(ByteBuffer.allocate(14)
                .putInt(table)
                .putShort((short) vnode)
                .putLong(epoch)
                .flip());
    }

    private TableWatermarks watermarks() {
        TableWatermarks.EpochNewWatermarks.Builder epoch =
                TableWatermarks.EpochNewWatermarks.newBuilder().setEpoch(random.nextInt());
        return odd(TableWatermarks.newBuilder()
                .setIsAscending(true)
                .addEpochWatermarks(odd(epoch.build()))
                .build());
    }

    private TableChangeLog changeLog() {
        TableChangeLog.Builder log = TableChangeLog.newBuilder();
        long epoch = random.nextInt();
        for (int n = random.nextInt(3); n > 0; n--) {
            epoch += n;
            log.addChangeLogs(odd(EpochNewChangeLog.newBuilder()
                    .addNewValue(sst(n))
                    .addEpochs(epoch - 1)
                    .addEpochs(epoch < 0 ? -1 - epoch : epoch)
                    .build()));
            epoch = Math.abs(epoch) + 100;
        }
        return odd(log.build());
    }

    private VectorIndex vector() {
        VectorIndex.Builder index = VectorIndex.newBuilder().setDimension(3);
        switch (random.nextInt(3)) {
            case 0 -> {
                FlatIndex.Builder flat = FlatIndex.newBuilder()
                        .setConfig(odd(FlatIndexConfig.newBuilder().build()));
                for (int n = random.nextInt(4); n > 0; n--) {
                    flat.addVectorFiles(file());
                }
                index.setFlat(odd(flat.build()));
            }
            case 1 -> {
                HnswFlatIndex.Builder flat = HnswFlatIndex.newBuilder()
                        .setConfig(odd(HnswFlatIndexConfig.newBuilder().setM(1).build()))
                        .setGraphFile(odd(
                                HnswGraphFileInfo.newBuilder().setObjectId(4).build()));
                for (int n = random.nextInt(4); n > 0; n--) {
                    flat.addVectorFiles(file());
                }
                index.setHnswFlat(odd(flat.build()));
            }
            default -> {}
        }
        return odd(index.build());
    }

    private VectorFileInfo file() {
        return odd(VectorFileInfo.newBuilder()
                .setObjectId(nextId++)
                .setVectorCount(random.nextInt(3))
                .build());
    }

    /** As it is, or with fields of which nothing is known. */
    private <M extends Message> M odd(M message) {
        if (random.nextInt(3) != 0) {
            return message;
        }
        Message.Builder builder = message.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                200 + random.nextInt(3),
                                UnknownFieldSet.Field.newBuilder()
                                        .addVarint(random.nextLong())
                                        .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                        .build())
                        .build());
        @SuppressWarnings("unchecked")
        M odd = (M) builder.build();
        return odd;
    }
}
