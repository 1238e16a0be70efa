package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;

/**
 * etcd's keys as entries of the space {@code kv}. The value is the raw value; what etcd keeps beside it goes into the
 * meta: {@code {"create":5,"lease":123,"mod":9,"version":3}}, the lease only where there is one.
 */
public final class EntryMapping {
    public static final Space KV = new Space("kv");

    private EntryMapping() {}

    static Entry entry(KeyValue kv) {
        return new Entry(new EntryKey(KV, kv.getKey()), kv.getValue(), meta(kv));
    }

    static Change change(Event event) {
        KeyValue kv = event.getKv();
        EntryKey key = new EntryKey(KV, kv.getKey());
        return event.getType() == Event.EventType.DELETE
                ? Change.delete(key)
                : Change.put(key, kv.getValue(), meta(kv));
    }

    /** By hand, since it is written for every key; a test holds it against {@code Meta.of}. */
    static ByteString meta(KeyValue kv) {
        StringBuilder json = new StringBuilder(64).append("{\"create\":").append(kv.getCreateRevision());
        if (kv.getLease() != 0) {
            json.append(",\"lease\":").append(kv.getLease());
        }
        json.append(",\"mod\":").append(kv.getModRevision());
        json.append(",\"version\":").append(kv.getVersion()).append('}');
        return ByteString.copyFromUtf8(json.toString());
    }

    /** Whether an entry's key was bound to a lease. */
    public static boolean leased(Entry entry) {
        return !entry.meta().isEmpty() && entry.meta().toStringUtf8().contains("\"lease\":");
    }
}
