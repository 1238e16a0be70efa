package io.metawal.connectors.sql.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UsageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowCodecTest {
    @Test
    void everyKindOfValueComesBackAsItWas() {
        Map<String, Object> values = new HashMap<>();
        values.put("truth", true);
        values.put("id", Long.MIN_VALUE);
        values.put("share", 0.1);
        values.put("name", "a/b \"ä\" \0");
        values.put("empty", "");
        values.put("none", null);
        values.put("blob", ByteString.copyFrom(new byte[] {0, -1, 127}));
        values.put("no_bytes", ByteString.EMPTY);
        values.put("info", new JsonText("{\"b\": 1.0, \"a\": []}"));
        SqlRow row = SqlRow.of(values);

        assertThat(RowCodec.decode(RowCodec.encode(row))).isEqualTo(row);
    }

    @Test
    void columnsStandInTheOrderOfTheirNames() {
        SqlRow row = SqlRow.of(Map.of("b", 2L, "a", ByteString.copyFromUtf8("x")));

        assertThat(RowCodec.encode(row).toStringUtf8()).isEqualTo("{\"a\":{\"base64\":\"eA==\"},\"b\":2}");
    }

    @Test
    void whatIsNoRowIsSaidToBeNone() {
        for (String text : List.of("", "[]", "{\"a\":1", "{\"a\":1}{}", "{\"a\":[1]}", "{\"a\":{\"hex\":\"00\"}}")) {
            assertThatThrownBy(() -> RowCodec.decode(ByteString.copyFromUtf8(text)))
                    .as(text)
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("expected a row of a database");
        }
    }

    @Test
    void aKeyNamesTheRow() {
        SqlRow row = SqlRow.of(Map.of("n", "a/b%", "i", 7L, "x", ByteString.copyFromUtf8("\n")));

        assertThat(row.key(List.of("n", "i", "x"))).isEqualTo("a%2Fb%25/7/0a");
        assertThatThrownBy(() -> row.key(List.of("gone")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("no value for \"gone\"");
    }

    @Test
    void aTableComesBackAsItWas() {
        SqlTable table = new SqlTable(
                SqlEngine.POSTGRESQL,
                "public",
                "object",
                List.of(
                        new SqlColumn("oid", SqlType.INTEGER, "integer", false, "nextval('s')", SqlColumn.Counting.UP),
                        new SqlColumn("info", SqlType.JSON, "jsonb", true, "", SqlColumn.Counting.NONE)),
                List.of("oid"),
                List.of("user"),
                List.of("CREATE TABLE …"),
                List.of());

        assertThat(TableEntries.parse(TableEntries.entry(table))).isEqualTo(table);
        assertThat(table.counter()).map(SqlColumn::name).contains("oid");
    }
}
