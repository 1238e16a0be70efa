package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * RisingWave's keys in etcd, v1.0 to v2.0: a column family, a slash, the row's key. A number is wrapped in a message as its
 * field 1, so that 0 is no bytes at all; an address is a message of host (1) and port (2).
 */
final class EtcdKeys {
    static final String DELTAS = "cf/hummock_1";
    static final String PINNED_VERSIONS = "cf/hummock_2";
    static final String PINNED_SNAPSHOTS = "cf/hummock_3";
    static final String COMPACT_STATUS = "cf/hummock_4";
    static final String COMPACT_TASKS = "cf/hummock_5";
    static final String COMPACTION_GROUPS = "cf/hummock_6";
    static final String STATS = "cf/hummock_7";
    static final String FRAGMENTS = "cf/table_fragments";
    static final String USERS = "cf/user_info";
    static final String WORKERS = "cf/worker";
    static final String SYSTEM_PARAMS = "cf/system_params";
    static final String SESSION_PARAMS = "cf/session_params";
    static final String DEFAULT = "default";

    private EtcdKeys() {}

    static ByteString number(String family, long id) {
        return prefix(family).concat(new RawMessage().number(1, id).encoded());
    }

    static ByteString text(String family, String name) {
        return prefix(family).concat(ByteString.copyFromUtf8(name));
    }

    static ByteString address(String host, int port) {
        return prefix(WORKERS).concat(hostAddress(host, port).encoded());
    }

    static RawMessage hostAddress(String host, int port) {
        return new RawMessage().text(1, host).number(2, port);
    }

    static ByteString generator(String category) {
        return text(DEFAULT, category.toLowerCase(Locale.ROOT) + "_id_next_generator");
    }

    static ByteString catalog(String kind, long id) {
        return number("cf/catalog_" + kind, id);
    }

    static ByteString prefix(String family) {
        return ByteString.copyFromUtf8(family + "/");
    }

    /** The number in a key of a family. */
    static long numberOf(String family, ByteString key) {
        ByteString wrapped = key.substring(family.length() + 1);
        long value = 0;
        for (int i = 1; i < wrapped.size(); i++) {
            value |= (wrapped.byteAt(i) & 0x7FL) << (7 * (i - 1));
        }
        return value;
    }

    /** A memcomparable number: eight bytes, big-endian. */
    static ByteString counter(long value) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
    }

    static long counterOf(ByteString value) {
        return value.asReadOnlyByteBuffer().getLong();
    }
}
