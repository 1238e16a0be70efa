package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.testkit.databend.MetaRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was captured against what the server itself holds to be its history. */
final class SameAsServer {
    private SameAsServer() {}

    /** A record as both sides can say it. */
    record Plain(long seq, String value, @Nullable Long expireAtMs) {}

    /** After every commit, the records are those after the entry of its index; none is missing but where a gap is told. */
    static void atEveryIndex(List<Commit> commits, DatabendServer server) {
        TreeMap<String, Plain> records = new TreeMap<>();
        Set<EntryKey> spaces = new HashSet<>();
        long before = -1;
        for (Commit commit : commits) {
            for (Change change : commit.changes()) {
                fold(records, spaces, change);
            }
            if (!commit.header().kind().restorable()) {
                continue;
            }
            // A base where the log is already tells again what is there, in the service's own form.
            boolean again = commit.header().kind() == CommitKind.BASE && commit.epoch() == before;
            if (before >= 0 && !commit.header().afterGap() && !again) {
                assertThat(commit.epoch())
                        .as("next to %d: %s of %s", before, commit.header().kind(), commit.changes())
                        .isEqualTo(before + 1);
            }
            before = commit.epoch();
            assertThat(records).as("at index " + commit.epoch()).isEqualTo(plain(server.at(commit.epoch())));
        }
        assertThat(before).isEqualTo(server.last());
    }

    private static void fold(Map<String, Plain> records, Set<EntryKey> spaces, Change change) {
        if (!DatabendSpaces.holdsRecords(change.entryKey().space())) {
            return;
        }
        String key = change.entryKey().key().toStringUtf8();
        if (change.op() == Op.DELETE) {
            assertThat(spaces.remove(change.entryKey())).isTrue();
            records.remove(key);
        } else {
            spaces.add(change.entryKey());
            records.put(key, plain(Entry.of(change)));
        }
    }

    static Plain plain(Entry entry) {
        KvRecord record = KvRecord.of(entry);
        return new Plain(
                record.seq(),
                record.data().toStringUtf8(),
                record.meta().expires() ? (Long) record.meta().expireMs() : null);
    }

    static Map<String, Plain> plain(NavigableMap<String, MetaRecord> records) {
        TreeMap<String, Plain> plain = new TreeMap<>();
        records.forEach((key, record) ->
                plain.put(key, new Plain(record.seq(), record.value().toStringUtf8(), record.expireAtMs())));
        return plain;
    }
}
