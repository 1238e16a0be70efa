package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The entries of a version, sorted into what belongs together, as they come. */
final class VersionParts {
    private @Nullable HummockVersion version;
    private final NavigableMap<Long, Group> groups = new TreeMap<>(Long::compareUnsigned);
    private final NavigableMap<Integer, StateTableInfo> tables = new TreeMap<>(Integer::compareUnsigned);
    private final NavigableMap<Integer, TableWatermarks> watermarks = new TreeMap<>(Integer::compareUnsigned);
    private final NavigableMap<Integer, ChangeLog> changeLogs = new TreeMap<>(Integer::compareUnsigned);
    private final NavigableMap<Integer, Vector> vectors = new TreeMap<>(Integer::compareUnsigned);

    void add(Entry entry) {
        EntryKey key = entry.entryKey();
        ByteString value = entry.value();
        switch (key.space().name()) {
            case "hummock.version" -> version = parse(key, HummockVersion.parser(), value);
            case "hummock.group" ->
                group(HummockKeys.numbers(key, 1)[0]).rest = parse(key, HummockVersion.Levels.parser(), value);
            case "hummock.level" -> level(key, value);
            case "hummock.sublevel" -> subLevel(key, value);
            case "hummock.sst" -> sst(key, entry);
            case "hummock.table" -> tables.put(table(key), parse(key, StateTableInfo.parser(), value));
            case "hummock.watermark" -> watermarks.put(table(key), parse(key, TableWatermarks.parser(), value));
            case "hummock.changelog" -> changeLog(key, value);
            case "hummock.vector" -> vector(table(key)).rest = parse(key, VectorIndex.parser(), value);
            case "hummock.vectorfile" -> vectorFile(key, entry);
            default -> {}
        }
    }

    private void level(EntryKey key, ByteString value) {
        long[] numbers = HummockKeys.numbers(key, 2);
        Level level = parse(key, Level.parser(), value);
        check(key, Integer.toUnsignedLong(level.getLevelIdx()), numbers[1]);
        group(numbers[0]).run(RunId.level(level.getLevelIdx())).rest = level;
    }

    private void subLevel(EntryKey key, ByteString value) {
        long[] numbers = HummockKeys.numbers(key, 2);
        Level level = parse(key, Level.parser(), value);
        check(key, level.getSubLevelId(), numbers[1]);
        group(numbers[0]).run(RunId.subLevel(numbers[1])).rest = level;
    }

    private void sst(EntryKey key, Entry entry) {
        long[] numbers = HummockKeys.numbers(key, 4);
        RunId run = new RunId(HummockKeys.u32Of(key, numbers[1]), numbers[2]);
        group(numbers[0]).run(run).ssts.add(Sst.of(numbers[3], entry.value(), HummockKeys.at(key, entry.meta())));
    }

    private void changeLog(EntryKey key, ByteString value) {
        if (!HummockKeys.isPair(key)) {
            changeLogOf(table(key)).rest = parse(key, TableChangeLog.parser(), value);
            return;
        }
        long[] numbers = HummockKeys.numbers(key, 2);
        int table = HummockKeys.u32Of(key, numbers[0]);
        EpochNewChangeLog log = parse(key, EpochNewChangeLog.parser(), value);
        check(key, VersionEntries.checkpointEpoch(table, log), numbers[1]);
        changeLogOf(table).logs.put(numbers[1], log);
    }

    private void vectorFile(EntryKey key, Entry entry) {
        long[] numbers = HummockKeys.numbers(key, 2);
        VectorFileInfo file = parse(key, VectorFileInfo.parser(), entry.value());
        check(key, file.getObjectId(), numbers[1]);
        int at = HummockKeys.at(key, entry.meta());
        if (vector(HummockKeys.u32Of(key, numbers[0])).files.put(at, file) != null) {
            throw new HummockFaultException(
                    key.space() + " " + key.key().toStringUtf8(), "a place of its own", "" + at);
        }
    }

    private static int table(EntryKey key) {
        return HummockKeys.u32Of(key, HummockKeys.numbers(key, 1)[0]);
    }

    private static void check(EntryKey key, long inValue, long inKey) {
        if (inValue != inKey) {
            throw new HummockFaultException(
                    key.space() + " " + key.key().toStringUtf8(), "the same id in its value", HummockKeys.u64(inValue));
        }
    }

    private static <M> M parse(EntryKey key, Parser<M> parser, ByteString value) {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new HummockFaultException(
                    key.space() + " " + key.key().toStringUtf8(),
                    "a message of its kind",
                    String.valueOf(e.getMessage()));
        }
    }

    private Group group(long id) {
        return groups.computeIfAbsent(id, any -> new Group());
    }

    private ChangeLog changeLogOf(int table) {
        return changeLogs.computeIfAbsent(table, any -> new ChangeLog());
    }

    private Vector vector(int table) {
        return vectors.computeIfAbsent(table, any -> new Vector());
    }

    HummockVersion version() {
        return required(version, "the entries of a Hummock version", HummockKeys.VERSION);
    }

    NavigableMap<Long, Group> groups() {
        return groups;
    }

    NavigableMap<Integer, StateTableInfo> tables() {
        return tables;
    }

    NavigableMap<Integer, TableWatermarks> watermarks() {
        return watermarks;
    }

    NavigableMap<Integer, ChangeLog> changeLogs() {
        return changeLogs;
    }

    NavigableMap<Integer, Vector> vectors() {
        return vectors;
    }

    private static <M> M required(@Nullable M rest, String of, Object space) {
        if (rest == null) {
            throw new HummockFaultException(of, "an entry of " + space, "none");
        }
        return rest;
    }

    /** One compaction group. */
    static final class Group {
        private HummockVersion.@Nullable Levels rest;
        private final NavigableMap<RunId, Run> runs = new TreeMap<>();

        private Run run(RunId id) {
            return runs.computeIfAbsent(id, any -> new Run());
        }

        HummockVersion.Levels rest(long id) {
            return required(rest, "group " + HummockKeys.u64(id), HummockKeys.GROUP);
        }

        /** Sub levels, then levels, which are checked to be numbered from 1 on. */
        NavigableMap<RunId, Run> runs(long id) {
            int expected = 1;
            for (RunId run : runs.keySet()) {
                if (run.level() != 0 && run.level() != expected++) {
                    throw new HummockFaultException(run.in(id), "level " + (expected - 1) + " before it", "none");
                }
            }
            return runs;
        }
    }

    /** A level or sub level. */
    static final class Run {
        private @Nullable Level rest;
        private List<Sst> ssts = new ArrayList<>();

        Level rest(long group, RunId run) {
            return required(rest, run.in(group), run.level() == 0 ? HummockKeys.SUB_LEVEL : HummockKeys.LEVEL);
        }

        /** Its SSTs in order; they are let go. */
        List<Sst> takeSsts(long group, RunId run) {
            boolean sorted = VersionEntries.isSorted(rest(group, run));
            List<Sst> taken = ssts;
            ssts = List.of();
            taken.sort(null);
            for (int n = 0; n < taken.size(); n++) {
                boolean placed = taken.get(n).at() != HummockKeys.NOWHERE;
                if (placed == sorted
                        || placed
                                && n > 0
                                && taken.get(n - 1).at() == taken.get(n).at()) {
                    throw new HummockFaultException(
                            run.in(group) + " SST "
                                    + HummockKeys.u64(taken.get(n).id()),
                            sorted ? "no place beside its key range" : "a place of its own",
                            placed ? "place " + taken.get(n).at() : "none");
                }
            }
            return taken;
        }

        Level whole(long group, RunId run) {
            Level.Builder level = rest(group, run).toBuilder();
            List<Sst> taken = takeSsts(group, run);
            Collections.reverse(taken);
            while (!taken.isEmpty()) {
                level.addTableInfos(taken.remove(taken.size() - 1).info());
            }
            return level.build();
        }
    }

    /** The change log of one table. */
    static final class ChangeLog {
        private @Nullable TableChangeLog rest;
        private final NavigableMap<Long, EpochNewChangeLog> logs = new TreeMap<>(Long::compareUnsigned);

        TableChangeLog rest(int table) {
            return required(rest, "change log of table " + HummockKeys.u32(table), HummockKeys.CHANGE_LOG);
        }

        NavigableMap<Long, EpochNewChangeLog> logs() {
            return logs;
        }

        TableChangeLog whole(int table) {
            return rest(table).toBuilder().addAllChangeLogs(logs.values()).build();
        }
    }

    /** The vector index of one table. */
    static final class Vector {
        private @Nullable VectorIndex rest;
        private final NavigableMap<Integer, VectorFileInfo> files = new TreeMap<>();

        VectorIndex rest(int table) {
            return required(rest, "vector index of table " + HummockKeys.u32(table), HummockKeys.VECTOR);
        }

        NavigableMap<Integer, VectorFileInfo> files() {
            return files;
        }

        VectorIndex whole(int table) {
            return VectorFiles.with(table, rest(table), files.values());
        }
    }
}
