package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A level or sub level: its SSTs in order, and by id. An SST costs 48 bytes as {@link Sst}, 16 and its message as an array, 40 in the
 * tree, some 64 in the map: measured, with references of 4 bytes, 180 bytes and its message; in level 0 some 64 more, for {@link Group}'s map.
 */
final class Run {
    private final long group;
    private final RunId id;
    private final NavigableSet<Sst> ssts = new TreeSet<>();
    private final Map<Long, Sst> byId = new HashMap<>();
    private Level rest;
    private long size;
    private long uncompressed;

    Run(long group, RunId id, Level rest) {
        this.group = group;
        this.id = id;
        this.rest = rest;
    }

    RunId id() {
        return id;
    }

    /** The level without its SSTs. */
    Level rest() {
        return rest;
    }

    void rest(Journal journal, Level next) {
        Level before = rest;
        rest = next;
        journal.undoWith(() -> rest = before);
    }

    boolean isSorted() {
        return VersionEntries.isSorted(rest);
    }

    boolean isEmpty() {
        return ssts.isEmpty();
    }

    /** A copy. */
    List<Sst> ssts() {
        return new ArrayList<>(ssts);
    }

    Collection<Sst> unordered() {
        return byId.values();
    }

    @Nullable
    Sst find(long sst) {
        return byId.get(sst);
    }

    /** The place behind all others. */
    int nextAt() {
        return isSorted() ? HummockKeys.NOWHERE : isEmpty() ? 0 : ssts.last().at() + 1;
    }

    void add(Sst sst) {
        if (byId.putIfAbsent(sst.id(), sst) != null) {
            throw new HummockFaultException(
                    id.in(group), "no SST " + HummockKeys.u64(sst.id()) + " to be there yet", "one");
        }
        ssts.add(sst);
        SstableInfo info = sst.info();
        size += Sst.size(info);
        uncompressed += info.getUncompressedFileSize();
    }

    void remove(Sst sst) {
        byId.remove(sst.id());
        ssts.remove(sst);
        SstableInfo info = sst.info();
        size -= Sst.size(info);
        uncompressed -= info.getUncompressedFileSize();
    }

    /** What the level's totals should say. */
    Level summed() {
        return rest.toBuilder()
                .setTotalFileSize(size)
                .setUncompressedFileSize(uncompressed)
                .build();
    }

    Level withType(LevelType type) {
        return rest.toBuilder().setLevelType(type).build();
    }

    /** A fault where the SST's neighbours overlap with it. */
    void checkNeighbours(Sst sst) {
        checkBefore(ssts.lower(sst), sst);
        checkBefore(sst, ssts.higher(sst));
    }

    private void checkBefore(@Nullable Sst before, @Nullable Sst after) {
        if (before != null && after != null && !before.goesBefore(after)) {
            throw new HummockFaultException(
                    id.in(group),
                    "key ranges that do not overlap",
                    "SST " + HummockKeys.u64(before.id()) + " to end behind the start of SST "
                            + HummockKeys.u64(after.id()));
        }
    }
}
