package io.metawal.storage.repository;

import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One object of the manifest: an edit, and now and then a full copy. Folding the edits gives the state; any full copy may
 * stand in for what is before it.
 *
 * @param full the state with this edit in it; null where the edit alone is written
 */
public record Manifest(
        long number,
        long term,
        long writtenMicros,
        Edit edit,
        @Nullable State full) {
    /** Every so many edits a full copy is written. */
    static final int FULL_EVERY = 32;

    /** What an edit does. */
    public enum Kind {
        SNAPSHOT_ADDED,
        SNAPSHOT_REMOVED,
        GAP_RECORDED,
        UNOBSERVED_RECORDED
    }

    /** @param snapshot of the first two kinds, {@code gap} of the third, {@code unobserved} of the fourth */
    public record Edit(
            Kind kind,
            @Nullable String snapshot,
            @Nullable Gap gap,
            @Nullable Unobserved unobserved) {
        public static Edit added(SnapshotId snapshot) {
            return new Edit(Kind.SNAPSHOT_ADDED, snapshot.toString(), null, null);
        }

        public static Edit removed(SnapshotId snapshot) {
            return new Edit(Kind.SNAPSHOT_REMOVED, snapshot.toString(), null, null);
        }

        public static Edit gap(Gap gap) {
            return new Edit(Kind.GAP_RECORDED, null, gap, null);
        }

        public static Edit unobserved(Unobserved span) {
            return new Edit(Kind.UNOBSERVED_RECORDED, null, null, span);
        }
    }

    /**
     * What the manifest says as a whole.
     *
     * @param unobserved spans of time, joined where they overlap, in the order of timelines and times
     */
    public record State(List<String> snapshots, List<Gap> gaps, List<Unobserved> unobserved) {
        public static final State EMPTY = new State(List.of(), List.of(), List.of());

        public State {
            snapshots = List.copyOf(Objects.requireNonNullElse(snapshots, List.of()));
            gaps = List.copyOf(Objects.requireNonNullElse(gaps, List.of()));
            // A full copy of before such spans were recorded has none.
            unobserved = List.copyOf(Objects.requireNonNullElse(unobserved, List.of()));
        }

        State apply(Edit edit) {
            TreeMap<String, String> ids = new TreeMap<>();
            snapshots.forEach(id -> ids.put(id, id));
            TreeMap<String, Gap> known = new TreeMap<>();
            gaps.forEach(gap -> known.put(order(gap), gap));
            List<Unobserved> spans = unobserved;
            String id = String.valueOf(edit.snapshot());
            switch (edit.kind()) {
                case SNAPSHOT_ADDED -> ids.put(id, id);
                case SNAPSHOT_REMOVED -> ids.remove(id);
                case GAP_RECORDED -> {
                    Gap gap = edit.gap();
                    if (gap != null) {
                        known.put(order(gap), gap);
                    }
                }
                case UNOBSERVED_RECORDED -> {
                    Unobserved span = edit.unobserved();
                    if (span != null) {
                        spans = Unobserved.joined(unobserved, List.of(span));
                    }
                }
            }
            return new State(List.copyOf(ids.values()), List.copyOf(known.values()), spans);
        }

        private static String order(Gap gap) {
            return Keys.hex32(gap.timeline()) + Keys.hex64(gap.afterSeq());
        }
    }
}
