package io.metawal.connectors.databend.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabendValuesTest {
    /** {@code ver} 19, {@code min_reader_ver} 1. */
    private static final ByteString VERSIONS = bytes(160, 6, 19, 168, 6, 1);

    private final Map<EntryKey, Entry> known = new HashMap<>();
    private final DatabendValues values = new DatabendValues(key -> Optional.ofNullable(known.get(key)));

    private static ByteString bytes(int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int n = 0; n < bytes.length; n++) {
            data[n] = (byte) bytes[n];
        }
        return ByteString.copyFrom(data);
    }

    private static Entry entry(String key, ByteString value) {
        return new Entry(DatabendSpaces.of(ByteString.copyFromUtf8(key), false), value, ByteString.EMPTY);
    }

    private static ByteString text(int field, String text) {
        return bytes(field << 3 | 2, text.length()).concat(ByteString.copyFromUtf8(text));
    }

    private void know(String key, ByteString value) {
        Entry entry = entry(key, value.concat(VERSIONS));
        known.put(entry.entryKey(), entry);
    }

    private String name(String key) {
        return values.name(entry(key, ByteString.EMPTY)).orElse("");
    }

    @Test
    void keys_are_shown_by_their_names() {
        know("__fd_database_id_to_name/1", text(1, "t").concat(text(2, "shop")));
        know("__fd_table_id_to_name/7", bytes(8, 1).concat(text(2, "orders")));
        assertThat(name("__fd_table/1/t%20x")).isEqualTo("shop.t x");
        assertThat(name("__fd_table/2/t%20x")).isEqualTo("2.t x");
        assertThat(name("__fd_table_by_id/7")).isEqualTo("shop.orders");
        assertThat(name("__fd_table_by_id/8")).isEmpty();
        assertThat(name("__fd_database_by_id/1")).isEqualTo("shop");
        assertThat(name("__fd_users/t/%27u%27%40%27%25%27")).isEqualTo("t/'u'@'%'");
        assertThat(name("__fd_users/t/100%")).isEqualTo("t/100%");
        assertThat(name("__fd_users/t/%ff")).isEqualTo("t/%ff");
    }

    @Test
    void protobuf_is_shown_as_far_as_it_tells() {
        ByteString nested = text(3, "inner").concat(bytes(8, 1));
        ByteString value = text(2, "db")
                .concat(bytes(34, nested.size()))
                .concat(nested)
                .concat(bytes(40, 5, 40, 6))
                .concat(VERSIONS);
        assertThat(values.decoded(entry("__fd_database_by_id/1", value))
                        .orElseThrow()
                        .toString())
                .isEqualTo(
                        "{\"2\":\"db\",\"4\":{\"3\":\"inner\",\"1\":1},\"5\":[5,6],\"ver\":19,\"min_reader_ver\":1}");
        assertThat(values.decoded(entry("__fd_database/t/db", ByteString.copyFromUtf8("42")))
                        .orElseThrow()
                        .asInt())
                .isEqualTo(42);
        assertThat(values.decoded(entry("__fd_clusters_v6/t/n", ByteString.copyFromUtf8("{\"id\":1}")))
                        .orElseThrow()
                        .get("id")
                        .asInt())
                .isEqualTo(1);
        assertThat(values.decoded(entry("__fd_database_by_id/1", bytes(255, 1, 2))))
                .isEmpty();
        assertThat(values.decoded(entry("__fd_id_gen/x", ByteString.EMPTY))).isEmpty();
    }

    @Test
    void a_zstd_frame_is_opened() {
        ByteString value = text(2, "x".repeat(100)).concat(VERSIONS);
        ByteString framed = bytes(0x0f, 1, 0, 0).concat(ByteString.copyFrom(Zstd.compress(value.toByteArray())));
        assertThat(values.decoded(entry("__fd_database_by_id/1", framed))
                        .orElseThrow()
                        .get("2")
                        .textValue())
                .isEqualTo("x".repeat(100));
        assertThat(values.decoded(entry("__fd_database_by_id/1", bytes(0x0f, 1, 0, 0, 1, 2))))
                .isEmpty();
        byte[] bomb = Zstd.compress(new byte[64 << 20]);
        assertThat(values.decoded(
                        entry("__fd_database_by_id/1", bytes(0x0f, 1, 0, 0).concat(ByteString.copyFrom(bomb)))))
                .isEmpty();
    }

    @Test
    void secrets_are_not_shown() {
        Entry user = entry("__fd_users/t/u", text(1, "hunter2").concat(VERSIONS));
        assertThat(values.sensitive(user.entryKey())).isTrue();
        assertThat(values.decoded(user).orElseThrow().toString())
                .doesNotContain("hunter2")
                .contains("\"ver\":19");
        assertThat(values.decoded(entry("__fd_users/t/u", ByteString.copyFromUtf8("{\"password\":\"hunter2\"}"))))
                .isEmpty();
        Entry table = entry(
                "__fd_table_by_id/7",
                text(6, "FUSE")
                        .concat(bytes(21 << 3 & 0x7f | 0x80 | 2, 21 >> 4, 1, 'd'))
                        .concat(text(9, "hunter2"))
                        .concat(VERSIONS));
        assertThat(values.sensitive(table.entryKey())).isTrue();
        assertThat(values.decoded(table).orElseThrow().toString())
                .contains("FUSE")
                .doesNotContain("hunter2");
        assertThat(values.sensitive(DatabendSpaces.LAST_LOG_ENTRY)).isTrue();
        assertThat(values.sensitive(entry("__fd_database/t/d", ByteString.EMPTY).entryKey()))
                .isFalse();
        assertThat(values.knows(user.entryKey())).isTrue();
        assertThat(values.knows(EntryKey.of("catalog.table", "1"))).isFalse();
        assertThat(values.knows(EntryKey.of("kv", "1"))).isFalse();
    }
}
