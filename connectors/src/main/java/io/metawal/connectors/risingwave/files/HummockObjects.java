package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
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
        return told == null ? HummockUrl.of(parameters, environment) : HummockUrl.named(told, environment);
    }

    /** Where a cluster with these parameters looks for its files. */
    HummockUrl.Place placeOf(HummockParameters parameters) {
        return HummockUrl.of(parameters, environment);
    }

    ObjectStore open(HummockUrl.Place place, IfAbsent ifAbsent) {
        if (ifAbsent == IfAbsent.REFUSE && HummockUrl.isMissingDirectory(place.url())) {
            throw new UnreachableException(
                    place.url() + " is no directory: expected the data directory of the cluster's"
                            + " Hummock, in which checkpoint/0 is. Is it mounted here? Else say where it is: hummock=URL, or"
                            + " --hummock URL");
        }
        return RisingWaveStores.open(place, ifAbsent, clock, environment);
    }

    /** Of a restored cluster: it finds its files by its parameters, so that what was told must be the same place. */
    HummockUrl.Place placeOfRestored(HummockParameters parameters) {
        if (told == null) {
            return placeOf(parameters);
        }
        HummockUrl.Place asked = HummockUrl.named(told, environment);
        String url;
        try {
            url = placeOf(parameters).url();
        } catch (UsageException notFromHere) {
            return asked;
        }
        if (!HummockUrl.same(url, asked.url())) {
            throw new UsageException("the restored cluster would look for its files in " + url
                    + ", as its parameters state_store and data_directory say, but its Hummock was told to be " + asked
                    + ": give --state-store and --data-directory that lead there, or leave --hummock out");
        }
        return asked;
    }

    /** As of {@link #restored(FileCheckMode, RwVersion, Supplier, RwFiles.Ids)}, whoever is alive. */
    public RwFiles restored(FileCheckMode mode, @Nullable RwVersion version) {
        return restored(mode, version, Optional::empty, RwFiles.Ids.AFTER_FILES);
    }

    /**
     * The same as what a restore asks for and writes to.
     *
     * @param version that is to read the checkpoint; null for any
     * @param livingNode what is known of a meta node of the captured cluster that is alive; empty where none is seen
     * @param ids where the generator of objects' ids continues
     */
    public RwFiles restored(
            FileCheckMode mode, @Nullable RwVersion version, Supplier<Optional<String>> livingNode, RwFiles.Ids ids) {
        // A plain checkpoint is read by every release.
        return new RestoredHummock(this, mode, version == null ? PLAIN : version, livingNode, ids);
    }

    /** The parameters say it, whatever way leads there; only where none are known, the way is a hint. */
    private static SstPaths paths(HummockUrl.Place place, HummockParameters parameters) {
        return parameters.known()
                ? SstPaths.of(parameters.stateStore(), "", parameters.spreads())
                : SstPaths.of(place.url(), "", parameters.spreads());
    }

    /**
     * Throws DATA_FILE_MISSING, naming them, where some of these files are not there.
     *
     * @return the greatest id of any file that is there; empty where there is none
     */
    public OptionalLong require(ObjectIds ids, HummockParameters parameters) {
        HummockUrl.Place place = place(parameters);
        try (ObjectStore store = open(place, IfAbsent.REFUSE)) {
            return new FileCheck(store, paths(place, parameters)).require(ids);
        }
    }

    /**
     * Which of these sources have no schema history in the data directory, where RisingWave keeps that of MySQL (from v2.7 on) in {@code
     * rw-cdc-schema-history/source-<id>/}.
     */
    public Set<String> withoutSchemaHistory(Collection<String> sources, HummockParameters parameters) {
        Set<String> without = new TreeSet<>();
        try (ObjectStore store = open(placeOfRestored(parameters), IfAbsent.REFUSE)) {
            for (String source : sources) {
                if (store.list("rw-cdc-schema-history/source-" + source + "/", "", 1)
                        .isEmpty()) {
                    without.add(source);
                }
            }
        }
        return without;
    }
}
