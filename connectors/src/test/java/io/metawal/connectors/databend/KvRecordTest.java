package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.image.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records as entries, and back to the letter. */
class KvRecordTest {
    private static final String START = "[\"state_machine/0\",{\"GenericKV\":";

    private static Entry read(String line) throws Exception {
        List<Entry> entries = new ArrayList<>();
        // The first line is read by the parser, the second by what is faster.
        String export = START + "{\"key\":\"!\",\"value\":{\"seq\":1,\"meta\":null,\"data\":[]}}}]\n" + line + "\n";
        Imported.reader(export.getBytes(StandardCharsets.UTF_8)).read(new ExportVisitor() {
            @Override
            public void kv(ByteString key, KvRecord record) {
                entries.add(record.entry(key));
            }
        });
        return entries.get(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | {\"meta\":null,\"seq\":5}",
                "{} | {\"seq\":5}",
                "{\"expire_at\":null} | {\"expire_at\":null,\"seq\":5}",
                "{\"expire_at\":0} | {\"expire_at\":0,\"seq\":5}",
                "{\"expire_at\":18446744073709551615} | {\"expire_at\":18446744073709551615,\"seq\":5}",
                "{\"proposed_at_ms\":17} | {\"proposed_at_ms\":17,\"seq\":5}",
                "{\"expire_at\":null,\"proposed_at_ms\":17} | {\"expire_at\":null,\"proposed_at_ms\":17,\"seq\":5}",
                "{\"expire_at\":3,\"proposed_at_ms\":null} | {\"expire_at\":3,\"proposed_at_ms\":null,\"seq\":5}"
            })
    void a_usual_meta_is_the_exports_own_with_the_seq_in_it(String meta, String kept) throws Exception {
        String line = START + "{\"key\":\"__fd_x/é\",\"value\":{\"seq\":5,\"meta\":" + meta + ",\"data\":[0,255]}}}]";
        Entry entry = read(line);
        assertThat(entry.meta().toStringUtf8()).isEqualTo(kept);
        assertThat(entry.meta()).isEqualTo(Meta.of(Meta.parse(entry.meta())));
        assertThat(new StateLines("state_machine/0").kv(entry.entryKey().key(), KvRecord.of(entry)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"key\":\"__fd_x/1\",\"value\":{\"seq\":5,\"meta\":{\"later\":1},\"data\":[1]}}}]",
                "{\"key\":\"__fd_x/1\",\"value\":{\"seq\":5,\"meta\":{\"proposed_at_ms\":1,\"expire_at\":99},\"data\":[1]}}}]",
                "{\"key\":\"__fd_x/1\",\"value\":{\"seq\":5,\"meta\":null,\"data\":[1],\"more\":[1,2]}}}]",
                "{\"key\":\"__fd_x/1\",\"value\":{\"seq\":5,\"data\":[1]}}}]",
                "{\"key\":\"__fd_x/1\",\"value\":{\"seq\":5,\"meta\":null,\"data\":[ 1 ]}}}]",
                "{\"key\":\"__fd_x\\u002f1\",\"value\":{\"seq\":5,\"meta\":null,\"data\":[1]}}}]",
                "{\"value\":{\"seq\":5,\"meta\":{\"expire_at\":5},\"data\":[1]},\"key\":\"__fd_x/1\"}}]"
            })
    void an_unusual_line_is_kept_whole(String body) throws Exception {
        Entry entry = read(START + body);
        assertThat(entry.entryKey().key().toStringUtf8()).isEqualTo("__fd_x/1");
        assertThat(entry.value()).isEqualTo(ByteString.copyFrom(new byte[] {1}));
        KvRecord record = KvRecord.of(entry);
        assertThat(record.seq()).isEqualTo(5);
        assertThat(record.meta().expires()).isEqualTo(body.contains("expire_at"));
        assertThat(new StateLines("state_machine/0").kv(entry.entryKey().key(), record))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(START + body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{,}",
                "{\"expire_at\":}",
                "{\"expire_at\":1,}",
                "{\"expire_at\":01}",
                "{\"expire_at\":1\"proposed_at_ms\":2}",
                "{\"expire_at\":-1}",
                "{\"expire_at\":1}}",
                "nul",
                "",
                "{\"proposed_at_ms\":1,\"expire_at\":2}"
            })
    void what_is_of_another_form_is_none(String text) {
        assertThat(RecordMeta.parse(text)).isEmpty();
    }

    @Test
    void seconds_and_milliseconds_are_told_apart() {
        assertThat(RecordMeta.expireMs(100_000_000_000L)).isEqualTo(100_000_000_000_000L);
        assertThat(RecordMeta.expireMs(100_000_000_001L)).isEqualTo(100_000_000_001L);
        assertThat(RecordMeta.expireMs(-1)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "__fd_table/1/t,catalog.__fd_table,catalog.__fd_table",
        "__fd_users/t/u,user.__fd_users,user.__fd_users",
        "__fd_id_gen/table_id,id.__fd_id_gen,id.__fd_id_gen",
        "__fd_clusters_v6/t/n,ephemeral.__fd_clusters_v6,ephemeral.__fd_clusters_v6",
        "__fd_warehouses/v1/t/w,catalog.__fd_warehouses,ephemeral.__fd_warehouses",
        "_txn_id/1,ephemeral._txn_id,ephemeral._txn_id",
        "__fd_later/x,other.__fd_later,other.__fd_later",
        "__fd_later/queue/00000000000000000001,ephemeral.__fd_later,ephemeral.__fd_later",
        "no_root,kv,kv",
        "__FD/x,kv,kv",
        "__fd_a_name_that_is_longer_than_what_a_space_can_hold_in_its_name/x,kv,kv"
    })
    void a_space_follows_from_the_root(String key, String lasting, String expiring) {
        ByteString bytes = ByteString.copyFromUtf8(key);
        assertThat(DatabendSpaces.of(bytes, false).space().name()).isEqualTo(lasting);
        assertThat(DatabendSpaces.of(bytes, true).space().name()).isEqualTo(expiring);
        assertThat(DatabendSpaces.candidates(bytes))
                .contains(DatabendSpaces.of(bytes, true), DatabendSpaces.of(bytes, false));
        assertThat(DatabendSpaces.holdsRecords(DatabendSpaces.of(bytes, true).space()))
                .isTrue();
    }
}
