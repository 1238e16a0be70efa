package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.etcd.jetcd.api.KeyValue;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import java.util.ArrayList;
import java.util.List;

/** The oracle: images are compared with etcd's own range reads, meta included. */
final class SameAsEtcd {
    private SameAsEtcd() {}

    /** The sink's image now is what etcd held at the sink's epoch. */
    static void now(FoldingSink sink, EtcdDriver etcd, String prefix) throws InterruptedException {
        try (ImageView view = sink.image()) {
            assertThat(entries(view))
                    .isEqualTo(expected(etcd.range(prefix, view.provenance().epoch())));
        }
    }

    /** The image after every restorable commit from {@code fromSeq} on is what etcd held at its epoch. */
    static void atEveryCommit(FoldingSink sink, EtcdDriver etcd, String prefix, long fromSeq)
            throws InterruptedException {
        MemoryImage image = new MemoryImage();
        for (Commit commit : sink.commits()) {
            image.apply(commit);
            if (commit.seq() >= fromSeq && commit.header().kind().restorable()) {
                assertThat(entries(image.view()))
                        .as("seq %d, revision %d", commit.seq(), commit.epoch())
                        .isEqualTo(expected(etcd.range(prefix, commit.epoch())));
            }
        }
    }

    static List<Entry> entries(ImageView view) {
        List<Entry> all = new ArrayList<>();
        try (EntryIterator entries = view.entries()) {
            entries.forEachRemaining(all::add);
        }
        return all;
    }

    static List<Entry> expected(List<KeyValue> kvs) {
        return kvs.stream().map(SameAsEtcd::expected).toList();
    }

    private static Entry expected(KeyValue kv) {
        ObjectNode meta = JsonNodeFactory.instance
                .objectNode()
                .put("version", kv.getVersion())
                .put("mod", kv.getModRevision())
                .put("create", kv.getCreateRevision());
        if (kv.getLease() != 0) {
            meta.put("lease", kv.getLease());
        }
        return new Entry(new EntryKey(new Space("kv"), kv.getKey()), kv.getValue(), Meta.of(meta));
    }
}
