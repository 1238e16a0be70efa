package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What one etcd transaction does: keys put and keys deleted, none of them twice. */
public final class MetaTransaction {
    private final Map<ByteString, ByteString> puts = new LinkedHashMap<>();
    private final Set<ByteString> deletes = new LinkedHashSet<>();

    MetaTransaction put(ByteString key, ByteString value) {
        deletes.remove(key);
        puts.put(key, value);
        return this;
    }

    MetaTransaction delete(ByteString key) {
        puts.remove(key);
        deletes.add(key);
        return this;
    }

    public Map<ByteString, ByteString> puts() {
        return Collections.unmodifiableMap(puts);
    }

    public Set<ByteString> deletes() {
        return Collections.unmodifiableSet(deletes);
    }
}
