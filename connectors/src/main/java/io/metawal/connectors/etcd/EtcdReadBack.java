package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;

/** What a target's range holds now, at one revision; the marker aside. */
final class EtcdReadBack {
    private final EtcdClient client;
    private final EtcdOptions options;
    private final ByteString markerKey;

    EtcdReadBack(EtcdClient client, EtcdOptions options, ByteString markerKey) {
        this.client = client;
        this.options = options;
        this.markerKey = markerKey;
    }

    Digest digest() throws InterruptedException {
        PagedRange range = range();
        Digest digest = Digest.EMPTY;
        for (Entry entry = range.next(); entry != null; entry = range.next()) {
            if (!isMarker(entry)) {
                digest = digest.plus(TargetTally.digestOf(entry));
            }
        }
        return digest;
    }

    PagedRange range() throws InterruptedException {
        long revision = client.head(options.range()).revision();
        return new PagedRange(client, options.range(), revision, options.pageKeysMax());
    }

    boolean isMarker(Entry entry) {
        return entry.entryKey().key().equals(markerKey);
    }
}
