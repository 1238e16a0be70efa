package io.metawal.connectors.risingwave.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Deltas of a point at which the Hummock version was not known: a meta node applies them itself, if they lead on from its checkpoint. */
final class KeptDeltas {
    private final TreeMap<Long, ByteString> deltas = new TreeMap<>();
    private String stale = "";

    void note(Entry entry) {
        EntryKey key = entry.entryKey();
        if (key.space().equals(RwSpaces.UNAPPLIED)) {
            deltas.put(Long.parseUnsignedLong(key.key().toStringUtf8()), entry.value());
        } else if (key.equals(RwSpaces.VERSION_STALE)) {
            stale = entry.value().toStringUtf8();
        }
    }

    /** A gap where a meta node could not go on from the version by these. */
    void requireMeet(long version) {
        if (!stale.isEmpty()) {
            throw gap(stale);
        }
        long at = version;
        for (Map.Entry<Long, ByteString> delta : deltas.entrySet()) {
            try {
                HummockVersionDelta known = HummockVersionDelta.parseFrom(delta.getValue());
                if (known.getPrevId() != at || known.getId() != delta.getKey()) {
                    throw gap("delta " + Long.toUnsignedString(delta.getKey()) + " goes on from version "
                            + Long.toUnsignedString(known.getPrevId()) + ", but what is known is version "
                            + Long.toUnsignedString(at));
                }
                at = known.getId();
            } catch (InvalidProtocolBufferException e) {
                throw gap("delta " + Long.toUnsignedString(delta.getKey()) + " is no message");
            }
        }
    }

    private static GapException gap(String why) {
        return new GapException("the Hummock version is not known at this point: " + why
                + ". Restore to a point before it, or after it was known again: info lists both as gaps");
    }

    List<String> notes() {
        return deltas.isEmpty()
                ? List.of()
                : List.of(deltas.size()
                        + " version deltas that did not fit at capture were written as they were: the meta"
                        + " node applies them when it starts");
    }
}
