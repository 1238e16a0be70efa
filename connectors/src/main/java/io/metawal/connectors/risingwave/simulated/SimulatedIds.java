package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;

/** Id generators: a row says up to where ids are taken, a thousand ahead, and what was taken and not used is lost in a crash. */
final class SimulatedIds implements Numbers {
    static final String DATABASE = "database";
    static final String SCHEMA = "schema";
    static final String TABLE = "table";
    static final String FUNCTION = "function";
    static final String CONNECTION = "connection";
    static final String SECRET = "secret";
    static final String USER = "user";
    static final String WORKER = "worker";
    static final String FRAGMENT = "fragment";
    static final String ACTOR = "actor";
    static final String TASK = "hummock_compaction_task";

    private static final String SST = "hummock_ss_table_id";
    private static final String GROUP = "compaction_group";
    private static final int BLOCK = 1000;

    private final SimulatedRows rows;
    private final Map<String, Long> firsts = new LinkedHashMap<>();
    private final Map<String, Range> ranges = new LinkedHashMap<>();

    private record Range(long next, long end) {}

    SimulatedIds(SimulatedRows rows, SimulationSettings settings) {
        this.rows = rows;
        firsts.put(DATABASE, 0L);
        firsts.put(SCHEMA, 0L);
        firsts.put(TABLE, 1001L);
        firsts.put(FUNCTION, 0L);
        firsts.put(WORKER, 1L);
        firsts.put(FRAGMENT, 1L);
        firsts.put(ACTOR, 1L);
        firsts.put(USER, 11L);
        firsts.put("backup", 1L);
        firsts.put(SST, 1L);
        firsts.put(TASK, 1L);
        firsts.put(GROUP, 5L);
        firsts.put(CONNECTION, 0L);
        if (!settings.since(2, 0)) {
            firsts.put("parallel_unit", 0L);
        }
        if (settings.since(1, 10)) {
            firsts.put(SECRET, 0L);
        }
    }

    /** As a meta node does when it starts: goes on behind everything that was taken, and takes a block. */
    void start() {
        firsts.forEach((category, first) -> {
            ByteString stored = rows.find(EtcdKeys.generator(category));
            long next = stored == null ? first : EtcdKeys.counterOf(stored);
            take(category, new Range(next, next), 1);
        });
    }

    private Range take(String category, Range from, int count) {
        int blocks = (count + BLOCK - 1) / BLOCK;
        Range range = new Range(from.next, from.end + (long) blocks * BLOCK);
        MetaTransaction take = new MetaTransaction().put(EtcdKeys.generator(category), EtcdKeys.counter(range.end));
        rows.commit(take, "ids of " + category + " up to " + range.end);
        ranges.put(category, range);
        return range;
    }

    long next(String category) {
        return next(category, 1);
    }

    /** The first of so many consecutive ids. */
    long next(String category, int count) {
        Range range = ranges.getOrDefault(category, new Range(0, 0));
        if (range.end - range.next < count) {
            range = take(category, range, count);
        }
        ranges.put(category, new Range(range.next + count, range.end));
        return range.next;
    }

    /** Sees to it that so many ids can be had without another transaction. */
    void reserveSsts(int count) {
        Range range = ranges.getOrDefault(SST, new Range(0, 0));
        var unused = take(SST, range, count);
    }

    @Override
    public long ssts(int count) {
        return next(SST, count);
    }

    @Override
    public long group() {
        return next(GROUP);
    }
}
