package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.BloomFilterType;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** SSTs with key ranges that fit together. */
final class RandomSsts {
    private static final int OUTPUTS_MAX = 4;

    private final RandomGenerator random;
    private final RwEra era;
    private final Numbers numbers;

    RandomSsts(RandomGenerator random, RwEra era, Numbers numbers) {
        this.random = random;
        this.era = era;
        this.numbers = numbers;
    }

    /** As an epoch leaves it: of a few of these tables (ascending), anywhere in them. */
    SstableInfo flushed(List<Integer> tables, long epoch) {
        int from = random.nextInt(tables.size());
        int to = Math.min(tables.size(), from + 1 + random.nextInt(3));
        List<Integer> of = tables.subList(from, to);
        ByteString one = key(of.get(0), epoch);
        ByteString other = key(of.get(of.size() - 1), epoch);
        boolean ordered = HummockKeys.compare(one, other) <= 0;
        KeyRange range = KeyRange.newBuilder()
                .setLeft(ordered ? one : other)
                .setRight(ordered ? other : one)
                .build();
        return sst(range, of, epoch, epoch);
    }

    private ByteString key(int table, long epoch) {
        byte[] primaryKey = new byte[1 + random.nextInt(12)];
        random.nextBytes(primaryKey);
        return HummockKeys.fullKey(table, 1 + random.nextInt(255), ByteString.copyFrom(primaryKey), epoch);
    }

    /** What a compaction makes of SSTs: some that do not overlap, within the keys of those; perhaps none. */
    List<SstableInfo> compacted(List<SstableInfo> inputs, Set<Integer> alive) {
        NavigableMap<ByteString, ByteString> ends = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        Set<Integer> tables = new TreeSet<>();
        long oldest = -1;
        long newest = 0;
        for (SstableInfo sst : inputs) {
            ends.put(
                    HummockKeys.userKey(sst.getKeyRange().getLeft()),
                    sst.getKeyRange().getLeft());
            ends.put(
                    HummockKeys.userKey(sst.getKeyRange().getRight()),
                    sst.getKeyRange().getRight());
            tables.addAll(sst.getTableIdsList());
            oldest = Long.compareUnsigned(oldest, sst.getMinEpoch()) < 0 ? oldest : sst.getMinEpoch();
            newest = Math.max(newest, sst.getMaxEpoch());
        }
        tables.retainAll(alive);
        List<ByteString> points = new ArrayList<>(ends.values());
        // What follows in the level may begin where the last of these ends without it.
        ByteString end = points.get(points.size() - 1);
        boolean endIsOpen = inputs.stream()
                .map(SstableInfo::getKeyRange)
                .filter(range -> HummockKeys.compareUserKeys(range.getRight(), end) == 0)
                .allMatch(KeyRange::getRightExclusive);
        int outputs = Math.max(1, Math.min(points.size() / 2, 1 + random.nextInt(OUTPUTS_MAX)));
        List<SstableInfo> made = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            int next = (i + 1) * points.size() / outputs;
            boolean touching = i + 1 < outputs && random.nextInt(4) == 0;
            KeyRange range = KeyRange.newBuilder()
                    .setLeft(points.get(i * points.size() / outputs))
                    .setRight(points.get(touching ? next : next - 1))
                    .setRightExclusive(touching || (i + 1 == outputs && endIsOpen))
                    .build();
            List<Integer> within = within(range, tables);
            if (!within.isEmpty()) {
                made.add(sst(range, within, oldest, newest));
            }
        }
        return made;
    }

    private static List<Integer> within(KeyRange range, Collection<Integer> tables) {
        int first = HummockKeys.tableOf(range.getLeft());
        int last = HummockKeys.tableOf(range.getRight());
        return tables.stream().filter(table -> first <= table && table <= last).toList();
    }

    /** A new SST in an object of its own. */
    SstableInfo sst(KeyRange range, Collection<Integer> tables, long minEpoch, long maxEpoch) {
        long id = numbers.ssts(1);
        long size = 1L + random.nextInt(1 << 26);
        SstableInfo.Builder sst = SstableInfo.newBuilder()
                .setObjectId(id)
                .setSstId(id)
                .setKeyRange(range)
                .setFileSize(size)
                .addAllTableIds(tables)
                .setMetaOffset(size * 15 / 16)
                .setTotalKeyCount(1 + random.nextInt(1 << 16))
                .setStaleKeyCount(random.nextInt(100))
                .setMinEpoch(minEpoch)
                .setMaxEpoch(maxEpoch)
                .setUncompressedFileSize(size + random.nextInt(1 << 20))
                .setBloomFilterKind(BloomFilterType.BLOCKED);
        if (era == RwEra.V2_1 && random.nextInt(16) != 0) {
            sst.setSstSize(size);
        }
        return sst.build();
    }
}
