package io.metawal.connectors.sql.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.testkit.seed.Seeded;
import java.util.BitSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MysqlGtidsTest {
    private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final String B = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    @Test
    void theServersFormComesBack() {
        String text = A + ":1-5:7:9-11," + B + ":1," + B + ":deploy:1-3";
        assertThat(MysqlGtids.parse(text)).hasToString(text);
        assertThat(MysqlGtids.parse(A.toUpperCase(java.util.Locale.ROOT) + ":1-5:7:9-11,\n" + B + ":1:deploy:1-3"))
                .hasToString(text);
        assertThat(MysqlGtids.parse("").isEmpty()).isTrue();
        assertThatThrownBy(() -> MysqlGtids.parse("0-1-100"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("found \"0-1-100\"");
    }

    @Test
    void whatAnotherSetLacks() {
        MysqlGtids ours = MysqlGtids.parse(A + ":1-5," + B + ":3");
        assertThat(ours.missingFrom(MysqlGtids.parse(A + ":1-9," + B + ":1-3")).isEmpty())
                .isTrue();
        assertThat(ours.missingFrom(MysqlGtids.parse(A + ":1-4:6-9," + B + ":1-3")))
                .hasToString(A + ":1-5");
        assertThat(ours.missingFrom(MysqlGtids.parse(A + ":1-9," + B + ":t:1-3")))
                .hasToString(B + ":3");
    }

    /** Numbers added one by one, in any order, against a set of bits. */
    @Test
    void rangesGrowTogether() {
        Seeded.check(20, random -> {
            MysqlGtids gtids = MysqlGtids.NONE;
            BitSet bits = new BitSet();
            for (int i = 0; i < 60; i++) {
                int number = random.nextInt(1, 50);
                bits.set(number);
                gtids = gtids.and(A + ":" + number);
            }
            String all = bits.stream().mapToObj(n -> A + ":" + n).collect(Collectors.joining(","));
            assertThat(gtids).isEqualTo(MysqlGtids.parse(all));
            assertThat(gtids.toString().chars().filter(c -> c == ':').count())
                    .isEqualTo(bits.stream().filter(n -> !bits.get(n - 1)).count());
        });
    }
}
