package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The object store that a cluster's Hummock is in: where one was told it is, or where the cluster's own parameters say. */
public final class HummockObjects implements HummockVersions {
    static final ObjectKey CHECKPOINT = new ObjectKey("checkpoint/0");
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

    ObjectStore open(HummockUrl.Place place, IfAbsent ifAbsent) {
        Map<String, String> with = new HashMap<>(environment);
        with.putAll(place.environment());
        if (ifAbsent == IfAbsent.REFUSE && HummockUrl.isMissingDirectory(place.url())) {
            throw new UnreachableException(
                    place.url() + " is no directory: expected the data directory of the cluster's"
                            + " Hummock, in which checkpoint/0 is. Is it mounted here? Else say where it is: hummock=URL, or"
                            + " --hummock URL");
        }
        return ObjectStoreOpener.open(place.url(), ifAbsent, clock, with);
    }

    /** Of a restored cluster: it finds its files by its parameters, so that what was told must be the same place. */
    HummockUrl.Place placeOfRestored(HummockParameters parameters) {
        if (told == null) {
            return HummockUrl.of(parameters);
        }
        String url;
        try {
            url = HummockUrl.of(parameters).url();
        } catch (UsageException notFromHere) {
            return new HummockUrl.Place(told, Map.of());
        }
        if (!HummockUrl.same(url, told)) {
            throw new UsageException("the restored cluster would look for its files in " + url
                    + ", as its parameters state_store and data_directory say, but its Hummock was told to be " + told
                    + ": give --state-store and --data-directory that lead there, or leave --hummock out");
        }
        return place(parameters);
    }

    /** As of {@link #restored(FileCheckMode, RwVersion, Supplier)}, whoever is alive. */
    public RwFiles restored(FileCheckMode mode, @Nullable RwVersion version) {
        return restored(mode, version, Optional::empty);
    }

    /**
     * The same as what a restore asks for and writes to.
     *
     * @param version that is to read the checkpoint; null for any
     * @param livingNode what is known of a meta node of the captured cluster that is alive; empty where none is seen
     */
    public RwFiles restored(FileCheckMode mode, @Nullable RwVersion version, Supplier<Optional<String>> livingNode) {
        // A plain checkpoint is read by every release.
        return new RestoredHummock(this, mode, version == null ? PLAIN : version, livingNode);
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
