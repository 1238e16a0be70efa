package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwModel;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.proto.HostAddress;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * RisingWave's keys in etcd and ours: {@code cf/catalog_table/\x08\xe9\x07} is {@code catalog.table/1001}. A key that does not come back
 * to the byte stays as it is, in the space {@code kv}; so does one that nothing is known of.
 */
final class RwKeys {
    private static final ByteString FAMILIES = ByteString.copyFromUtf8("cf/");
    private static final ByteString DEFAULT = ByteString.copyFromUtf8("default/");
    private static final ByteString ELECTION = ByteString.copyFromUtf8("__meta_election_");
    private static final ByteString CLUSTER_ID = ByteString.copyFromUtf8("cluster_id");
    private static final ByteString ZERO = ByteString.copyFromUtf8("0");
    private static final int FIELD_1_VARINT = 0x08;

    private RwKeys() {}

    static EntryKey decode(ByteString etcdKey) {
        EntryKey known = known(etcdKey);
        return known != null && etcdKey.equals(encode(known).orElse(null))
                ? known
                : new EntryKey(RwSpaces.RAW, etcdKey);
    }

    private static @Nullable EntryKey known(ByteString etcdKey) {
        if (etcdKey.startsWith(DEFAULT)) {
            return RwSpaces.ofDefault(etcdKey.substring(DEFAULT.size()));
        }
        if (etcdKey.startsWith(ELECTION)) {
            return new EntryKey(RwSpaces.ELECTION, etcdKey);
        }
        if (!etcdKey.startsWith(FAMILIES)) {
            return null;
        }
        ByteString rest = etcdKey.substring(FAMILIES.size());
        if (rest.equals(CLUSTER_ID)) {
            return new EntryKey(RwModel.CLUSTER.space(), rest);
        }
        int slash = indexOfSlash(rest);
        if (slash < 0) {
            return null;
        }
        String family = etcdKey.substring(0, FAMILIES.size() + slash).toStringUtf8();
        RwModel model = RwModel.ofFamily(family).orElse(null);
        ByteString text = model == null ? null : text(model.keyKind(), rest.substring(slash + 1));
        return text == null || model == null ? null : new EntryKey(model.space(), text);
    }

    private static int indexOfSlash(ByteString bytes) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.byteAt(i) == '/') {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable ByteString text(RwModel.KeyKind kind, ByteString key) {
        return switch (kind) {
            case TEXT -> key;
            case SINGLE -> key.isEmpty() ? ZERO : null;
            case NUMBER -> number(key);
            case ADDRESS -> address(key);
        };
    }

    private static @Nullable ByteString number(ByteString key) {
        if (key.isEmpty()) {
            return ZERO;
        }
        try {
            CodedInputStream in = key.newCodedInput();
            long value = in.readTag() == FIELD_1_VARINT ? in.readUInt64() : 0;
            return in.isAtEnd() ? ByteString.copyFromUtf8(Long.toUnsignedString(value)) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable ByteString address(ByteString key) {
        try {
            HostAddress address = HostAddress.parseFrom(key);
            return ByteString.copyFromUtf8(address.getHost() + ":" + address.getPort());
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /** The key in etcd; empty for what has none there, such as an entry of the keyed version. */
    static Optional<ByteString> encode(EntryKey key) {
        Space space = key.space();
        if (space.equals(RwSpaces.RAW) || space.equals(RwSpaces.ELECTION)) {
            return Optional.of(key.key());
        }
        if (space.equals(RwSpaces.ID_DEFAULT) || space.equals(RwSpaces.SYSTEM_DEFAULT)) {
            return Optional.of(DEFAULT.concat(key.key()));
        }
        if (space.equals(RwSpaces.UNAPPLIED)) {
            return encode(RwModel.VERSION_DELTA, key.key());
        }
        if (key.equals(RwSpaces.LAST_DELTA)) {
            return Optional.empty();
        }
        return RwModel.ofSpace(space).flatMap(model -> encode(model, key.key()));
    }

    private static Optional<ByteString> encode(RwModel model, ByteString text) {
        ByteString family = ByteString.copyFromUtf8(model.family() + "/");
        try {
            return Optional.of(family.concat(
                    switch (model.keyKind()) {
                        case TEXT -> text;
                        case SINGLE -> ByteString.EMPTY;
                        case NUMBER -> wrapped(Long.parseUnsignedLong(text.toStringUtf8()));
                        case ADDRESS -> wrapped(text.toStringUtf8());
                    }));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static ByteString wrapped(long number) {
        if (number == 0) {
            return ByteString.EMPTY;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeUInt64(1, number);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static ByteString wrapped(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return HostAddress.newBuilder()
                .setHost(hostAndPort.substring(0, Math.max(0, colon)))
                .setPort(Integer.parseInt(hostAndPort.substring(colon + 1)))
                .build()
                .toByteString();
    }
}
