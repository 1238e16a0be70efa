package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.RwVersion;
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
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object store that a cluster's Hummock is in: where one was told it is, or where the cluster's own parameters say. */
public final class HummockObjects implements HummockVersions {
    private static final ObjectKey CHECKPOINT = new ObjectKey("checkpoint/0");
    private static final RwVersion PLAIN = new RwVersion(1, 0, 0);

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
    public boolean canFind(HummockParameters parameters) {
        return told != null || parameters.known();
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

    /**
     * The same as what a restore asks for and writes to.
     *
     * @param version that is to read the checkpoint; null for any
     */
    public RwFiles restored(FileCheckMode mode, @Nullable RwVersion version) {
        // A plain checkpoint is read by every release.
        RwVersion readBy = version == null ? PLAIN : version;
        return new RwFiles() {
            @Override
            public void check(HummockVersion whole, HummockParameters parameters) {
                if (mode == FileCheckMode.REQUIRED) {
                    ObjectIds ids = new ObjectIds();
                    ids.addAll(whole);
                    require(ids, parameters);
                }
            }

            @Override
            public void checkpoint(HummockVersion whole, HummockParameters parameters) {
                try (ObjectStore store = open(place(parameters), IfAbsent.CREATE)) {
                    write(store, whole, readBy);
                }
            }
        };
    }

    private static void write(ObjectStore store, HummockVersion version, RwVersion readBy) {
        HummockVersionCheckpoint checkpoint =
                HummockVersionCheckpoint.newBuilder().setVersion(version).build();
        byte[] bytes = CheckpointCodec.encode(checkpoint, readBy);
        store.replace(CHECKPOINT, bytes);
        if (!Arrays.equals(bytes, store.read(CHECKPOINT))) {
            throw new MismatchException(
                    store.describe() + "/" + CHECKPOINT + " does not hold what was written to it: does"
                            + " a meta node run there? Stop it, and repeat the restore");
        }
    }

    private static SstPaths paths(HummockUrl.Place place, HummockParameters parameters) {
        SstPaths told = SstPaths.of(parameters.stateStore(), "", parameters.spreads());
        return place.url().startsWith("s3:") ? new SstPaths("", SstPaths.Prefix.HASHED) : told;
    }

    /** Throws DATA_FILE_MISSING, naming them, where some of these files are not there. */
    public void require(ObjectIds ids, HummockParameters parameters) {
        HummockUrl.Place place = place(parameters);
        try (ObjectStore store = open(place, IfAbsent.REFUSE)) {
            require(store, paths(place, parameters), ids);
        }
    }

    private static void require(ObjectStore store, SstPaths paths, ObjectIds ids) {
        try {
            new FileCheck(store, paths).require(ids);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(
                    ExitCode.INTERRUPTED, "interrupted while looking for files in " + store.describe(), e);
        }
    }
}
