package io.metawal.connectors.risingwave.files;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/**
 * Looks for a version's files by listing the data directory, which costs a request for a thousand files that are there. The list also says
 * how far ids were handed out: the generator of a restored cluster continues after the greatest of them.
 */
public final class FileCheck {
    private static final int NAMED_MAX = 20;

    /** RisingWave keeps the generator in a column of 64 bits with a sign. */
    private static final long ID_MAX = 1L << 62;

    private final ObjectStore store;
    private final SstPaths paths;

    /** @param store whose root is that of RisingWave's Hummock URL */
    public FileCheck(ObjectStore store, SstPaths paths) {
        this.store = store;
        this.paths = paths;
    }

    /**
     * What a list shows.
     *
     * @param missing files that are not there, by kind and ascending id
     * @param greatest id of any object that is there, wanted or not; empty where there is none
     */
    public record Found(List<ObjectKey> missing, OptionalLong greatest) {
        public Found {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Fails with exit code 7 where files are missing, naming the first of them.
     *
     * @return the greatest id of any object that is there
     */
    public OptionalLong require(ObjectIds ids) {
        Found found = look(ids);
        List<ObjectKey> missing = found.missing();
        if (!missing.isEmpty()) {
            List<ObjectKey> named = missing.subList(0, Math.min(NAMED_MAX, missing.size()));
            throw new MetawalException(
                    ExitCode.DATA_FILE_MISSING,
                    missing.size() + " of " + ids.sorted().length
                            + " files that the Hummock version refers to are not in "
                            + store.describe() + ": " + named
                            + (named.size() < missing.size() ? " and more" : "")
                            + ". Restore to a later point, put them back, or check the Hummock URL, the data directory"
                            + " and use_new_object_prefix_strategy");
        }
        return found.greatest();
    }

    public Found look(ObjectIds ids) {
        Seen[] kinds = Arrays.stream(ObjectIds.Kind.values())
                .map(kind -> new Seen(kind, ids.sorted(kind)))
                .toArray(Seen[]::new);
        ObjectStores.forEach(store, paths.root(), "", stat -> {
            for (Seen kind : kinds) {
                kind.see(stat.key());
            }
        });
        List<ObjectKey> missing = new ArrayList<>();
        long greatest = -1;
        for (Seen kind : kinds) {
            kind.missing(missing);
            greatest = Math.max(greatest, kind.greatest);
        }
        return new Found(missing, greatest < 0 ? OptionalLong.empty() : OptionalLong.of(greatest));
    }

    /** Which files of a kind were met. */
    private final class Seen {
        private final ObjectIds.Kind kind;
        private final long[] ids;
        private final BitSet met = new BitSet();
        private long greatest = -1;

        Seen(ObjectIds.Kind kind, long[] ids) {
            this.kind = kind;
            this.ids = ids;
        }

        void see(ObjectKey key) {
            String name = key.value().substring(key.value().lastIndexOf('/') + 1);
            if (!name.endsWith(kind.suffix())) {
                return;
            }
            try {
                long id = Long.parseUnsignedLong(
                        name.substring(0, name.length() - kind.suffix().length()));
                // A number that no generator comes to is not one of Hummock's.
                greatest = id > greatest && id < ID_MAX ? id : greatest;
                int at = Arrays.binarySearch(ids, id);
                if (at >= 0 && paths.of(kind, id).equals(key)) {
                    met.set(at);
                }
            } catch (NumberFormatException another) {
                // Not a file of Hummock's.
            }
        }

        void missing(List<ObjectKey> into) {
            for (int at = met.nextClearBit(0); at < ids.length; at = met.nextClearBit(at + 1)) {
                into.add(paths.of(kind, ids[at]));
            }
        }
    }
}
