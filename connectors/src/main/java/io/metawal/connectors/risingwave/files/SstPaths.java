package io.metawal.connectors.risingwave.files;

import io.metawal.storage.object.ObjectKey;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Where Hummock's files are: {@code <data directory>/<prefix><object id><suffix>}, the prefix {@code <n>/} with n the CRC-32 of the id's
 * eight bytes, big-endian, modulo 256, so that a store spreads them; or no prefix.
 *
 * @param dataDirectory the system parameter {@code data_directory}, without a slash at its end
 */
public record SstPaths(String dataDirectory, Prefix prefix) {
    private static final int PREFIXES = 256;
    private static final Set<String> ALWAYS_HASHED = Set.of("s3", "s3-compatible", "minio");
    private static final Set<String> NEVER_HASHED = Set.of("memory", "memory-shared", "memory-isolated-for-test");

    /** Whether the id is hashed into a folder of its own. */
    public enum Prefix {
        HASHED,
        NONE
    }

    public SstPaths {
        dataDirectory =
                dataDirectory.endsWith("/") ? dataDirectory.substring(0, dataDirectory.length() - 1) : dataDirectory;
    }

    /**
     * By RisingWave's rule.
     *
     * @param stateStore the system parameter {@code state_store}, with or without {@code hummock+}
     * @param newPrefixStrategy the system parameter {@code use_new_object_prefix_strategy}; it does not count for S3
     */
    public static SstPaths of(String stateStore, String dataDirectory, String newPrefixStrategy) {
        String url = stateStore.startsWith("hummock+") ? stateStore.substring("hummock+".length()) : stateStore;
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? url : url.substring(0, colon);
        boolean hashed =
                ALWAYS_HASHED.contains(scheme) || !NEVER_HASHED.contains(scheme) && newPrefixStrategy.equals("true");
        return new SstPaths(dataDirectory, hashed ? Prefix.HASHED : Prefix.NONE);
    }

    /** @param objectId unsigned */
    public ObjectKey of(ObjectIds.Kind kind, long objectId) {
        String folder = prefix == Prefix.HASHED ? hash(objectId) + "/" : "";
        return new ObjectKey(inDirectory(folder + Long.toUnsignedString(objectId) + kind.suffix()));
    }

    /** The version's checkpoint. */
    public ObjectKey checkpoint() {
        return new ObjectKey(inDirectory("checkpoint/0"));
    }

    /** What the names of all files start with. */
    String root() {
        return inDirectory("");
    }

    private String inDirectory(String name) {
        return dataDirectory.isEmpty() ? name : dataDirectory + "/" + name;
    }

    private static long hash(long objectId) {
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(objectId).flip());
        return crc.getValue() % PREFIXES;
    }
}
