package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The object store of a restored cluster. A checkpoint that is there already belongs to a cluster that may want it back: before it is
 * overwritten it is kept as {@code checkpoint/0.before-metawal-<version id>}.
 */
final class RestoredHummock implements RwFiles {
    private static final ObjectKey CHECKPOINT = HummockObjects.CHECKPOINT;

    private final HummockObjects objects;
    private final FileCheckMode mode;
    private final RwVersion readBy;
    private final Supplier<Optional<String>> livingNode;
    private final List<String> notes = new ArrayList<>();
    private final Ids ids;
    private OptionalLong greatest = OptionalLong.empty();
    private boolean shared;

    RestoredHummock(
            HummockObjects objects,
            FileCheckMode mode,
            RwVersion readBy,
            Supplier<Optional<String>> livingNode,
            Ids ids) {
        this.objects = objects;
        this.mode = mode;
        this.readBy = readBy;
        this.livingNode = livingNode;
        this.ids = ids;
    }

    @Override
    public void requireStopped(HummockParameters captured, HummockParameters restored) {
        if (!samePlace(captured, restored)) {
            return;
        }
        shared = captured.known();
        livingNode.get().ifPresent(node -> {
            throw new BusyException("a meta node of the captured cluster is alive: " + node + ". The checkpoint that is"
                    + " restored is written over the one that this cluster starts from, and two clusters must not run on"
                    + " the same SST files. Stop it first, restore to a copy of the files (--state-store,"
                    + " --data-directory), or say --even-if-alive");
        });
    }

    private boolean samePlace(HummockParameters captured, HummockParameters restored) {
        if (captured.equals(restored)) {
            return true;
        }
        try {
            return HummockUrl.same(
                    objects.placeOf(captured).url(), objects.placeOf(restored).url());
        } catch (UsageException notFromHere) {
            return captured.stateStore().equals(restored.stateStore())
                    && captured.dataDirectory().equals(restored.dataDirectory());
        }
    }

    @Override
    public void check(HummockVersion whole, HummockParameters parameters) {
        check(whole, new ObjectIds(), parameters);
    }

    @Override
    public void check(HummockVersion whole, ObjectIds besides, HummockParameters parameters) {
        HummockUrl.Place place = objects.placeOfRestored(parameters);
        if (mode == FileCheckMode.REQUIRED) {
            ObjectIds wanted = new ObjectIds();
            wanted.addAll(whole);
            wanted.addAll(besides);
            greatest = objects.require(wanted, parameters);
        }
        // What cannot be opened is better known before the first row is written than after the last.
        objects.open(place, IfAbsent.CREATE).close();
    }

    @Override
    public OptionalLong greatestObject(HummockParameters parameters) {
        if (ids == Ids.AS_KNOWN) {
            return OptionalLong.empty();
        }
        if (mode == FileCheckMode.NOT_ASKED) {
            notes.add("the data directory was not listed (--no-check-files): object ids continue after the newest known"
                    + " commit, and files that were written after it may have the same names");
        }
        return greatest;
    }

    @Override
    public String place(HummockParameters parameters) {
        return objects.placeOfRestored(parameters).url();
    }

    @Override
    public void checkpoint(HummockVersion whole, HummockParameters parameters) {
        byte[] bytes = CheckpointCodec.encode(
                HummockVersionCheckpoint.newBuilder().setVersion(whole).build(), readBy);
        try (ObjectStore store = objects.open(objects.placeOfRestored(parameters), IfAbsent.CREATE)) {
            keep(store, bytes, whole.getId());
            store.replace(CHECKPOINT, bytes);
            if (!Arrays.equals(bytes, store.read(CHECKPOINT))) {
                throw new MismatchException(
                        store.describe() + "/" + CHECKPOINT + " does not hold what was written to it: does"
                                + " a meta node run there? Stop it, and repeat the restore");
            }
        }
    }

    private void keep(ObjectStore store, byte[] written, long writtenId) {
        byte[] there;
        try {
            there = store.read(CHECKPOINT);
        } catch (ObjectNotFoundException e) {
            return;
        }
        if (Arrays.equals(there, written)) {
            return;
        }
        String name = CHECKPOINT + ".before-metawal-";
        try {
            long id = CheckpointCodec.decode(there, store.describe() + "/" + CHECKPOINT)
                    .getVersion()
                    .getId();
            String of = Long.toUnsignedString(id);
            ObjectKey kept = copy(store, name + of, there);
            notes.add("the checkpoint of version " + of + " that was in " + store.describe() + " is kept as " + kept
                    + (Long.compareUnsigned(id, writtenId) > 0
                            ? ": it is newer than the one restored, version " + Long.toUnsignedString(writtenId)
                            : ""));
        } catch (CorruptException | UnsupportedFormatException e) {
            notes.add("what was in " + store.describe() + "/" + CHECKPOINT + " could not be read; it is kept as "
                    + copy(store, name + "unreadable", there));
        }
    }

    /** Under that name, or one of the next that is free: nothing that was kept is overwritten. */
    private static ObjectKey copy(ObjectStore store, String name, byte[] bytes) {
        for (int n = 1; ; n++) {
            ObjectKey key = new ObjectKey(n == 1 ? name : name + "-" + n);
            try {
                store.create(key, ObjectBody.of(bytes));
                return key;
            } catch (ObjectExistsException e) {
                if (Arrays.equals(store.read(key), bytes)) {
                    return key;
                }
            }
        }
    }

    @Override
    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (shared) {
            all.add(SHARED_FILES);
        }
        return List.copyOf(all);
    }
}
