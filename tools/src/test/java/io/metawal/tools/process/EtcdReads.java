package io.metawal.tools.process;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.GetOption;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/** What etcd itself says that it held at a revision: the oracle. */
final class EtcdReads {
    private static final int PAGE = 200;
    private static final ByteSequence ALL = ByteSequence.from(new byte[] {0});

    private EtcdReads() {}

    static List<Entry> at(KV kv, long revision) throws InterruptedException, ExecutionException {
        List<Entry> entries = new ArrayList<>();
        ByteSequence from = ALL;
        while (true) {
            var page = kv.get(
                            from,
                            GetOption.builder()
                                    .withRange(ALL)
                                    .withRevision(revision)
                                    .withLimit(PAGE)
                                    .build())
                    .get();
            page.getKvs().forEach(one -> entries.add(entry(one)));
            if (!page.isMore()) {
                return entries;
            }
            byte[] last = page.getKvs().get(page.getKvs().size() - 1).getKey().getBytes();
            byte[] next = java.util.Arrays.copyOf(last, last.length + 1);
            from = ByteSequence.from(next);
        }
    }

    private static Entry entry(KeyValue kv) {
        String lease = kv.getLease() == 0 ? "" : String.format(Locale.ROOT, ",\"lease\":%d", kv.getLease());
        String meta = String.format(
                Locale.ROOT,
                "{\"create\":%d%s,\"mod\":%d,\"version\":%d}",
                kv.getCreateRevision(),
                lease,
                kv.getModRevision(),
                kv.getVersion());
        return new Entry(
                new EntryKey(new Space("kv"), ByteString.copyFrom(kv.getKey().getBytes())),
                ByteString.copyFrom(kv.getValue().getBytes()),
                ByteString.copyFromUtf8(meta));
    }
}
