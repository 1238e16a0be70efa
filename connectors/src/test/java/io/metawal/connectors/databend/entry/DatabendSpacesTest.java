package io.metawal.connectors.databend.entry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabendSpacesTest {
    @ParameterizedTest
    @CsvSource({
        "t1/history_log_transform/heartbeat, ephemeral.kv",
        "t1/history_log_transform/query_history/heartbeat, ephemeral.kv",
        "t1/history_log_prepare/lock/queue/00000000000000000007, ephemeral.kv",
        "t1/history_log_transform/query_history/last_timestamp, kv",
        "t1/history_log_transform/query_history/batch_number, kv",
        "app/heartbeat, kv",
        "__fd_unheard_of/queue/00000000000000000007, ephemeral.__fd_unheard_of",
        "__fd_workload_queries_queue/queue/w/00000000000000000007, ephemeral.__fd_workload_queries_queue",
        "__fd_workloads/t1/w, catalog.__fd_workloads",
        "__fd_sequence/t1/s, id.__fd_sequence",
        "__fd_table_lvt/7, id.__fd_table_lvt",
        "plain, kv"
    })
    void a_key_has_its_space(String key, String space) {
        var at = DatabendSpaces.of(ByteString.copyFromUtf8(key), false);
        assertThat(at.space().name()).isEqualTo(space);
        assertThat(DatabendSpaces.holdsRecords(at.space())).isTrue();
        assertThat(DatabendSpaces.candidates(at.key())).contains(at);
    }
}
