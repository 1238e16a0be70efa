package io.metawal.connectors.risingwave.files;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Whether the files of a version are all there. Few are asked for one by one, several at a time; for many the directory is listed, which
 * costs a request for a thousand files that are there.
 */
public final class FileCheck {
    private static final int NAMED_MAX = 20;

    private final ObjectStore store;
    private final SstPaths paths;
    private final int askedMax;
    private final int threads;

    /** @param store whose root is that of RisingWave's Hummock URL */
    public FileCheck(ObjectStore store, SstPaths paths) {
        this(store, paths, 2_000, 16);
    }

    /** @param askedMax with more files than this, the directory is listed */
    FileCheck(ObjectStore store, SstPaths paths, int askedMax, int threads) {
        this.store = store;
        this.paths = paths;
        this.askedMax = askedMax;
        this.threads = threads;
    }

    /** Fails with exit code 7 where files are missing, naming the first of them. */
    public void require(ObjectIds ids) throws InterruptedException {
        List<ObjectKey> missing = missing(ids);
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
    }

    /** Files that are not there, by kind and ascending id. */
    public List<ObjectKey> missing(ObjectIds ids) throws InterruptedException {
        int count = 0;
        for (ObjectIds.Kind kind : ObjectIds.Kind.values()) {
            count += ids.sorted(kind).length;
        }
        return count <= askedMax ? asked(ids) : listed(ids);
    }

    private List<ObjectKey> asked(ObjectIds ids) throws InterruptedException {
        List<ObjectKey> wanted = new ArrayList<>();
        for (ObjectIds.Kind kind : ObjectIds.Kind.values()) {
            for (long id : ids.sorted(kind)) {
                wanted.add(paths.of(kind, id));
            }
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<@Nullable ObjectStat>> stats = new ArrayList<>();
            for (ObjectKey key : wanted) {
                stats.add(pool.submit(() -> store.stat(key)));
            }
            List<ObjectKey> missing = new ArrayList<>();
            for (int n = 0; n < wanted.size(); n++) {
                if (result(stats.get(n)) == null) {
                    missing.add(wanted.get(n));
                }
            }
            return missing;
        } finally {
            pool.shutdownNow();
        }
    }

    private static @Nullable ObjectStat result(Future<@Nullable ObjectStat> stat) throws InterruptedException {
        try {
            return stat.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetawalException typed) {
                throw typed;
            }
            throw new IllegalStateException(e);
        }
    }

    private List<ObjectKey> listed(ObjectIds ids) {
        List<ObjectKey> missing = new ArrayList<>();
        Seen[] kinds = Arrays.stream(ObjectIds.Kind.values())
                .map(kind -> new Seen(kind, ids.sorted(kind)))
                .toArray(Seen[]::new);
        ObjectStores.forEach(store, paths.root(), "", stat -> {
            for (Seen kind : kinds) {
                kind.see(stat.key());
            }
        });
        for (Seen kind : kinds) {
            kind.missing(missing);
        }
        return missing;
    }

    /** Which files of a kind were met. */
    private final class Seen {
        private final ObjectIds.Kind kind;
        private final long[] ids;
        private final BitSet met = new BitSet();

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
