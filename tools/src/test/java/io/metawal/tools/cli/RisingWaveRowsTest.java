package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.tools.output.Json;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the commands read out of rows of a meta store on SQL, as captured and as in a snapshot. */
class RisingWaveRowsTest {
    private static Entry entry(String space, String value) {
        return new Entry(EntryKey.of(space, "1"), ByteString.copyFromUtf8(value), ByteString.EMPTY);
    }

    @Test
    void metaNodesOfWorkersAndElections() {
        Set<String> addresses = new TreeSet<>();
        MetaNodes.add(
                entry("ephemeral.sql_worker", "{\"host\":\"a\",\"port\":5690,\"worker_type\":\"META\"}"), addresses);
        MetaNodes.add(
                entry("ephemeral.sql_worker", "{\"host\":\"b\",\"port\":5690,\"worker_type\":\"Meta\"}"), addresses);
        MetaNodes.add(
                entry("ephemeral.sql_worker", "{\"host\":\"c\",\"port\":1,\"worker_type\":\"COMPUTE_NODE\"}"),
                addresses);
        MetaNodes.add(entry("ephemeral.sql_election_member", "{\"id\":\"d:5690\",\"service\":\"m\"}"), addresses);
        MetaNodes.add(entry("ephemeral.sql_election_leader", "no row"), addresses);
        MetaNodes.add(entry("ephemeral.election", "e:5690"), addresses);
        assertThat(addresses).containsExactly("a:5690", "b:5690", "d:5690", "e:5690");
    }

    @Test
    void namesOfTablesOfBothForms() {
        TableEpochs epochs = new TableEpochs();
        epochs.add(Change.put(
                EntryKey.of("catalog.sql_table", "7"),
                ByteString.copyFromUtf8("{\"columns\":{\"base64\":\"AA==\"},\"name\":\"orders\",\"table_id\":7}")));
        epochs.add(Change.put(
                EntryKey.of("hummock.table", "7"),
                StateTableInfo.newBuilder().setCommittedEpoch(9).build().toByteString()));
        ObjectNode doc = Json.object();
        epochs.put(doc);
        assertThat(doc.toString()).contains("\"name\":\"orders\"").contains("\"lastEpoch\":9");
    }
}
