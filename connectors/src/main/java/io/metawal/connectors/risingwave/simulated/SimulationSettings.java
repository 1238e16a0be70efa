package io.metawal.connectors.risingwave.simulated;

import java.time.Instant;

/**
 * What a simulated cluster is like.
 *
 * @param seed of everything that is random
 * @param version of RisingWave, v1.0 to v2.0, such as {@code 1.7.0}
 * @param start when the cluster begins to be
 * @param stateStore as the system parameter says it, such as {@code hummock+fs:///data}
 * @param relationsMax no more of them are made by steps
 * @param sstsMax from so many on, steps mostly compact
 * @param sstObjects whether each SST has an object, of a few bytes
 */
public record SimulationSettings(
        long seed,
        String version,
        Instant start,
        String stateStore,
        String dataDirectory,
        int relationsMax,
        int sstsMax,
        SstObjects sstObjects) {
    /** Whether SSTs are there for all to see. */
    public enum SstObjects {
        WRITTEN,
        LEFT_OUT
    }

    public static SimulationSettings of(long seed, String version) {
        Instant start = Instant.parse("2023-11-14T22:13:20Z");
        return new SimulationSettings(
                seed, version, start, "hummock+fs:///metawal", "hummock_001", 40, 300, SstObjects.WRITTEN);
    }

    public SimulationSettings withStateStore(String url, String directory) {
        return new SimulationSettings(seed, version, start, url, directory, relationsMax, sstsMax, sstObjects);
    }

    public SimulationSettings withStart(Instant time) {
        return new SimulationSettings(
                seed, version, time, stateStore, dataDirectory, relationsMax, sstsMax, sstObjects);
    }

    public SimulationSettings withLimits(int relations, int ssts) {
        return new SimulationSettings(seed, version, start, stateStore, dataDirectory, relations, ssts, sstObjects);
    }

    public SimulationSettings withSstObjects(SstObjects objects) {
        return new SimulationSettings(seed, version, start, stateStore, dataDirectory, relationsMax, sstsMax, objects);
    }

    RwEra era() {
        return RwEra.of(version);
    }

    /** Whether it is this release or a later one. */
    boolean since(int major, int minor) {
        String[] parts = version.split("\\.", 3);
        int ours = Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
        return ours >= major * 1000 + minor;
    }

    /** Whether objects lie in directories by their checksum: in S3 always, in others since v2.0. */
    boolean prefixesObjects() {
        return stateStore.startsWith("hummock+s3")
                || stateStore.startsWith("hummock+minio")
                || (since(2, 0) && !stateStore.startsWith("hummock+memory"));
    }
}
