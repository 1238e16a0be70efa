package io.metawal.connectors.risingwave.files;

import io.metawal.storage.object.ObjectKey;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Where an object of Hummock lies under the data directory: {@code <id>.data}, below one of 256 prefixes that spread the load of a bucket
 * ({@code crc32(id, eight bytes, big-endian) % 256}). Stores of S3's kind always have the prefix; others only where the cluster was set up
 * with {@code use_new_object_prefix_strategy}.
 */
final class SstPaths {
    private static final int PREFIXES = 256;

    private final Prefix prefix;

    /** Whether there are prefixes. */
    enum Prefix {
        SPREAD,
        NONE
    }

    SstPaths(Prefix prefix) {
        this.prefix = prefix;
    }

    static SstPaths of(HummockUrl.Place place, HummockParameters parameters) {
        boolean spread = place.url().startsWith("s3:") || Boolean.parseBoolean(parameters.spreads());
        return new SstPaths(spread ? Prefix.SPREAD : Prefix.NONE);
    }

    /** @param suffix such as {@code data} */
    ObjectKey of(long objectId, String suffix) {
        String name = Long.toUnsignedString(objectId) + "." + suffix;
        return new ObjectKey(prefix == Prefix.SPREAD ? spread(objectId) + "/" + name : name);
    }

    static int spread(long objectId) {
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, objectId).array());
        return (int) (crc.getValue() % PREFIXES);
    }
}
