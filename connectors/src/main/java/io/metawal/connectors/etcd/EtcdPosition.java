package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.fault.CorruptException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where capture goes on: {@code <cluster id, hex>@<revision>}, and for a base that is not complete {@code +base-after-<revision>}.
 *
 * @param revision everything up to it is in the log; of an incomplete base, the revision that it is read at
 * @param baseAfter of an incomplete base: the revision that the log was complete at before it, 0 for none; else -1
 */
record EtcdPosition(long clusterId, long revision, long baseAfter) {
    private static final long NO_BASE = -1;
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{1,16})@(\\d{1,18})(?:\\+base-after-(\\d{1,18}))?");

    static EtcdPosition at(long clusterId, long revision) {
        return new EtcdPosition(clusterId, revision, NO_BASE);
    }

    static EtcdPosition inBase(long clusterId, long revision, long after) {
        return new EtcdPosition(clusterId, revision, after);
    }

    boolean inBase() {
        return baseAfter != NO_BASE;
    }

    /** The last revision up to which the log is complete; 0 for none. */
    long complete() {
        return inBase() ? baseAfter : revision;
    }

    static EtcdPosition parse(ByteString bytes) {
        Matcher m = FORM.matcher(bytes.toStringUtf8());
        if (!m.matches()) {
            throw new CorruptException("the log's source position \"" + KeyText.of(bytes)
                    + "\" is not one of an etcd source: expected <cluster id>@<revision>. Was this log filled by another"
                    + " kind of source?");
        }
        return new EtcdPosition(
                Long.parseUnsignedLong(m.group(1), 16),
                Long.parseLong(m.group(2)),
                m.group(3) == null ? NO_BASE : Long.parseLong(m.group(3)));
    }

    ByteString bytes() {
        return ByteString.copyFromUtf8(toString());
    }

    @Override
    public String toString() {
        return EtcdHeader.hex(clusterId) + "@" + revision + (inBase() ? "+base-after-" + baseAfter : "");
    }
}
