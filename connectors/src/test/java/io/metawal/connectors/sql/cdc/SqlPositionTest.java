package io.metawal.connectors.sql.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.CorruptException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlPositionTest {
    private static final SqlPosition AT = SqlPosition.at(
            SqlEngine.POSTGRESQL,
            "7412/5",
            "0/1A2C7C8",
            27445192,
            Map.of("lsn", 7L, "file", "x"),
            Map.of("timeline", "1"));

    @Test
    void isReadAsItWasWritten() {
        assertThat(SqlPosition.parse(AT.bytes())).isEqualTo(AT);
        assertThat(AT.bytes().toStringUtf8())
                .isEqualTo(
                        "{\"clock\":27445192,\"engine\":\"postgresql\",\"facts\":{\"timeline\":\"1\"},\"identity\":\"7412/5\","
                                + "\"log\":\"0/1A2C7C8\",\"offset\":{\"file\":\"x\",\"lsn\":7}}");
    }

    @Test
    void anUnfinishedBaseSaysWhereTheLogIsComplete() {
        SqlPosition first = SqlPosition.parse(AT.inBase("").bytes());
        assertThat(first.unfinished()).isTrue();
        assertThat(first.complete()).isEmpty();
        SqlPosition later = SqlPosition.parse(AT.inBase("0/100").bytes());
        assertThat(later.complete()).isEqualTo("0/100");
        assertThat(AT.complete()).isEqualTo("0/1A2C7C8");
    }

    @Test
    void anotherSourcesPositionIsRefused() {
        for (String other : new String[] {"cafe@12", "", "{}", "[1]", "{\"engine\":\"x\"}"}) {
            assertThatThrownBy(() -> SqlPosition.parse(ByteString.copyFromUtf8(other)))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("is not one of a database");
        }
    }
}
