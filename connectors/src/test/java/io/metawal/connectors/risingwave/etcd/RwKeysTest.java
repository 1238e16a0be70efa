package io.metawal.connectors.risingwave.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.testkit.seed.Seeded;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RwKeysTest {
    private static ByteString key(String family, String hex) {
        return ByteString.copyFromUtf8(family + "/")
                .concat(ByteString.copyFrom(HexFormat.of().parseHex(hex)));
    }

    /** The vectors of RisingWave's key encoding: the number as field 1 of a message, so that 0 is nothing. */
    @ParameterizedTest
    @CsvSource({
        "cf/catalog_database, '', catalog.database, 0",
        "cf/catalog_table, 0805, catalog.table, 5",
        "cf/catalog_table, 08ac02, catalog.table, 300",
        "cf/hummock_7, '', hummock.stats, 0",
        "cf/hummock_1, 08ffffffffffffffffff01, hummock.delta, 18446744073709551615",
        "cf/user_info, 0801, user.info, 1",
        "cf/worker, 0a07312e322e332e34, ephemeral.worker, 1.2.3.4:0",
        "cf/worker, 0a07312e322e332e3410d22b, ephemeral.worker, 1.2.3.4:5586",
    })
    void rows(String family, String hex, String space, String text) {
        ByteString etcdKey = key(family, hex);
        EntryKey found = RwKeys.decode(etcdKey);
        assertThat(found.space().name()).isEqualTo(space);
        assertThat(found.key().toStringUtf8()).isEqualTo(text);
        assertThat(RwKeys.encode(found)).contains(etcdKey);
    }

    @ParameterizedTest
    @CsvSource({
        "cf/system_params/state_store, system.parameter, state_store",
        "cf/session_params/rw_x, system.session_parameter, rw_x",
        "cf/cluster_id, system.cluster, cluster_id",
        "default/table_id_next_generator, id.default, table_id_next_generator",
        "default/notification_version, id.default, notification_version",
        "default/barrier_manager_state, system.default, barrier_manager_state",
        "default/migration_plan, system.default, migration_plan",
        "__meta_election_/694d7a, ephemeral.election, __meta_election_/694d7a",
        "cf/of_tomorrow/x, kv, cf/of_tomorrow/x",
        "somebody/else, kv, somebody/else",
    })
    void texts(String etcd, String space, String text) {
        ByteString etcdKey = ByteString.copyFromUtf8(etcd);
        assertThat(RwKeys.decode(etcdKey)).isEqualTo(EntryKey.of(space, text));
        assertThat(RwKeys.encode(EntryKey.of(space, text))).contains(etcdKey);
    }

    /** A number that is not written as RisingWave does is not made one that is. */
    @ParameterizedTest
    @CsvSource({"0800", "088500", "08051001", "1005", "08", "ff"})
    void otherwiseEncodedStaysAsItIs(String hex) {
        ByteString etcdKey = key("cf/catalog_table", hex);
        assertThat(RwKeys.decode(etcdKey)).isEqualTo(new EntryKey(new io.metawal.metadata.commit.Space("kv"), etcdKey));
    }

    @Test
    void anyKeyComesBackToTheByte() {
        Seeded.check(2_000, random -> {
            byte[] tail = new byte[random.nextInt(8)];
            random.nextBytes(tail);
            String[] heads = {
                "cf/catalog_table/", "cf/worker/", "cf/hummock_7/", "default/", "cf/", "", "cf/system_params/"
            };
            ByteString etcdKey =
                    ByteString.copyFromUtf8(heads[random.nextInt(heads.length)]).concat(ByteString.copyFrom(tail));
            assertThat(RwKeys.encode(RwKeys.decode(etcdKey))).contains(etcdKey);
        });
    }
}
