package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.object.ObjectStores;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The object store that a cluster's Hummock is in: where one was told it is, or where the cluster's own parameters say. */
public final class HummockObjects implements HummockVersions {
    private static final ObjectKey CHECKPOINT = new ObjectKey("checkpoint/0");
    private static final int LISTED_FROM = 1000;
    private static final int NAMED_MAX = 10;

    private final @Nullable String told;
    private final Map<String, String> environment;
    private final InstantSource clock;

    /**
     * @param told URL of the data directory; null where the parameters say it
     * @param environment variables of the process, which say how to reach a service
     */
    public HummockObjects(@Nullable String told, Map<String, String> environment, InstantSource clock) {
        this.told = told;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    @Override
    public HummockVersion checkpoint(HummockParameters parameters) {
        try (ObjectStore store = open(place(parameters), IfAbsent.REFUSE)) {
            String where = store.describe() + "/" + CHECKPOINT;
            try {
                return CheckpointCodec.decode(store.read(CHECKPOINT), where).getVersion();
            } catch (ObjectNotFoundException e) {
                throw new UnreachableException(
                        where + " is not there: either the meta node has not written it yet, or this is not the"
                                + " data directory of the cluster (say hummock=URL)",
                        e);
            }
        }
    }

    private HummockUrl.Place place(HummockParameters parameters) {
        return told == null ? HummockUrl.of(parameters) : new HummockUrl.Place(told, Map.of());
    }

    private ObjectStore open(HummockUrl.Place place, IfAbsent ifAbsent) {
        Map<String, String> with = new HashMap<>(environment);
        with.putAll(place.environment());
        return ObjectStoreOpener.open(place.url(), ifAbsent, clock, with);
    }

    /** The same as what a restore asks for and writes to. */
    public RwFiles restored(FileCheckMode mode, CheckpointForm form) {
        return new RwFiles() {
            @Override
            public void check(HummockVersion version, HummockParameters parameters) {
                if (mode == FileCheckMode.REQUIRED) {
                    HummockUrl.Place place = place(parameters);
                    try (ObjectStore store = open(place, IfAbsent.REFUSE)) {
                        requireFiles(store, version, SstPaths.of(place, parameters));
                    }
                }
            }

            @Override
            public void checkpoint(HummockVersion version, HummockParameters parameters) {
                try (ObjectStore store = open(place(parameters), IfAbsent.CREATE)) {
                    write(store, version, form);
                }
            }
        };
    }

    private static void write(ObjectStore store, HummockVersion version, CheckpointForm form) {
        HummockVersionCheckpoint checkpoint =
                HummockVersionCheckpoint.newBuilder().setVersion(version).build();
        byte[] bytes = CheckpointCodec.encode(checkpoint, form);
        store.replace(CHECKPOINT, bytes);
        if (!Arrays.equals(bytes, store.read(CHECKPOINT))) {
            throw new MismatchException(
                    store.describe() + "/" + CHECKPOINT + " does not hold what was written to it: does"
                            + " a meta node run there? Stop it, and repeat the restore");
        }
    }

    private static void requireFiles(ObjectStore store, HummockVersion version, SstPaths paths) {
        SortedMap<Long, String> wanted = VersionFiles.of(version);
        Set<String> there = wanted.size() < LISTED_FROM ? null : listed(store);
        List<String> missing = wanted.entrySet().stream()
                .map(file -> paths.of(file.getKey(), file.getValue()))
                .filter(key -> there == null ? store.stat(key) == null : !there.contains(key.value()))
                .map(ObjectKey::value)
                .toList();
        if (!missing.isEmpty()) {
            throw new MetawalException(
                    ExitCode.DATA_FILE_MISSING,
                    missing.size() + " of the " + wanted.size() + " files that Hummock version " + version.getId()
                            + " refers to are not in " + store.describe() + ": "
                            + String.join(", ", missing.subList(0, Math.min(NAMED_MAX, missing.size())))
                            + (missing.size() > NAMED_MAX ? ", …" : "")
                            + ". Nothing was written; bring them back from a copy of the bucket, choose a later point, or"
                            + " say --no-check-files");
        }
    }

    private static Set<String> listed(ObjectStore store) {
        Set<String> there = new HashSet<>();
        ObjectStores.forEach(store, "", "", stat -> there.add(stat.key().value()));
        return there;
    }
}
