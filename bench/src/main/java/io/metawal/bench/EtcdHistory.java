package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import java.util.ArrayList;
import java.util.List;

/** The history of an etcd as capture would write it: each key is created once, and overwritten four times on average. */
final class EtcdHistory {
    private static final Space KV = new Space("kv");
    private static final int CHANGES_A_KEY = 5;
    private static final int CHANGES_A_COMMIT = 12;
    private static final int VALUE_BYTES = 100;
    private static final String PREFIX = "/meta/table/";

    private final Bytes bytes = new Bytes(11);
    private final int keys;
    private final int[] created;
    private final int[] versions;
    private int revision = 1;

    private EtcdHistory(int keys) {
        this.keys = keys;
        this.created = new int[keys];
        this.versions = new int[keys];
    }

    /** Writes it, and returns the number of commits. */
    static int write(HistoryWriter writer, int keys) {
        EtcdHistory history = new EtcdHistory(keys);
        long all = (long) keys * CHANGES_A_KEY;
        for (long done = 0; done < all; done += CHANGES_A_COMMIT) {
            writer.append(
                    history.next(done, (int) Math.min(CHANGES_A_COMMIT, all - done)),
                    HistoryWriter.START.plusMillis(history.revision));
        }
        writer.end();
        return history.revision - 1;
    }

    private CommitBody next(long done, int count) {
        revision++;
        List<Change> changes = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            // New keys come in no order, as real ones do; the factor is prime to any number of keys used here.
            long at = done + n;
            int key = at < keys ? (int) (at * 7_919_999L % keys) : bytes.below(keys);
            changes.add(Change.put(new EntryKey(KV, Bytes.key(PREFIX, key)), bytes.value(VALUE_BYTES), meta(key)));
        }
        return CommitBody.of("", "etcd", changes);
    }

    private ByteString meta(int key) {
        if (created[key] == 0) {
            created[key] = revision;
        }
        versions[key]++;
        return ByteString.copyFromUtf8(
                "{\"create\":" + created[key] + ",\"mod\":" + revision + ",\"version\":" + versions[key] + "}");
    }
}
