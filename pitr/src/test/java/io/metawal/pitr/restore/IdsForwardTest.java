package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** I7. */
class IdsForwardTest {
    private static Entry entry(String space, String key, String value) {
        return new Entry(EntryKey.of(space, key), ByteString.copyFromUtf8(value), ByteString.EMPTY);
    }

    private static KnownIds newest(Entry... entries) {
        NavigableMap<EntryKey, Entry> all = new TreeMap<>();
        for (Entry entry : entries) {
            all.put(entry.entryKey(), entry);
        }
        return new KnownIds(all, CategoryRules.DEFAULT, 0, List.of(), List.of());
    }

    /** The margin moves every generator, also one that nothing after the point moved; and nothing else. */
    @Test
    void aMarginMovesEveryGenerator() {
        Written target = new Written();
        RestoreReport report;
        try (IdsForward forward = new IdsForward(
                target,
                () -> new KnownIds(
                        newest(entry("id.default", "a", "7"), entry("id.default", "later", "5"))
                                .newest(),
                        CategoryRules.DEFAULT,
                        100,
                        List.of("seq 5 to 6 of timeline 1 were archived"),
                        List.of()))) {
            forward.prepare(new RestorePoint("test", Provenance.START));
            forward.write(entry("catalog.table", "1", "7"));
            forward.write(entry("id.default", "a", "3"));
            forward.write(entry("id.default", "b", "9"));
            report = forward.publish();
        }
        assertThat(target.entries)
                .containsExactly(
                        entry("catalog.table", "1", "7"),
                        entry("id.default", "a", "107"),
                        entry("id.default", "b", "109"),
                        entry("id.default", "later", "105"));
        assertThat(report.notes())
                .containsExactly(
                        "3 id generators continue from the newest value known plus 100, not from that of the point, so that no"
                                + " id that is known is given out twice",
                        "the margin of 100 must cover the ids given out in what is missing: seq 5 to 6 of timeline 1 were archived");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9|19",
                "00000009|00000019",
                "{\"name\":\"x\",\"seq\":42}|{\"name\":\"x\",\"seq\":52}",
                "{\"id\":77,\"seq\":42}|{\"id\":77,\"seq\":52}",
                "\u0001\u0002\u0003\u0004|\u0001\u0002\u0003\u000e",
                "''|''",
            })
    void aValueWithAMargin(String value, String raised) {
        assertThat(MonotonicMargin.plus(entry("id.x", "77", value), 10)).isEqualTo(entry("id.x", "77", raised));
    }

    @Test
    void aValueOfAnotherFormIsRefusedByName() {
        assertThatThrownBy(() -> MonotonicMargin.plus(entry("id.x", "k", "three"), 10))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("id.x/k")
                .hasMessageNotContaining("three");
    }

    @Test
    void generatorsGoOnFromTheNewestAndTheRestIsAsItWas() {
        Written target = new Written();
        RestoreReport report;
        try (IdsForward forward = new IdsForward(
                target,
                () -> newest(
                        entry("id.default", "a", "7"),
                        entry("id.default", "b", "300"),
                        entry("id.default", "later", "5"),
                        entry("id.z", "last", "1")))) {
            forward.prepare(new RestorePoint("test", Provenance.START));
            forward.write(entry("catalog.table", "1", "t"));
            forward.write(entry("id.default", "b", "200"));
            forward.write(entry("id.default", "c", "9"));
            forward.write(entry("user.info", "1", "root"));
            report = forward.publish();
        }
        assertThat(target.entries)
                .containsExactly(
                        entry("catalog.table", "1", "t"),
                        entry("id.default", "a", "7"),
                        entry("id.default", "b", "300"),
                        entry("id.default", "c", "9"),
                        entry("id.default", "later", "5"),
                        entry("id.z", "last", "1"),
                        entry("user.info", "1", "root"));
        assertThat(report.notes())
                .singleElement()
                .asString()
                .startsWith("4 id generators continue from the newest value");
    }

    /** Decimal, bytes, JSON; and what cannot be told apart: the later. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9|10|10",
                "100|99|100",
                "00000009|00000010|00000010",
                "{\"name\":\"x\",\"seq\":42}|{\"name\":\"x\",\"seq\":7}|{\"name\":\"x\",\"seq\":42}",
                "{\"name\":\"x\",\"seq\":9}|{\"name\":\"x\",\"seq\":10}|{\"name\":\"x\",\"seq\":10}",
                "{\"name\":\"N\",\"version\":99}|{\"name\":\"N\",\"version\":100}|{\"name\":\"N\",\"version\":100}",
                "{\"a\":1,\"b\":9}|{\"a\":2,\"b\":3}|{\"a\":2,\"b\":3}",
                "\u0001\u0002|\u0001\u0001|\u0001\u0002",
                "one|three|three",
            })
    void theFurtherOfTwo(String earlier, String later, String further) {
        assertThat(MonotonicOrder.further(entry("id.x", "k", earlier), entry("id.x", "k", later)))
                .isEqualTo(entry("id.x", "k", further));
    }

    @Test
    void whereTheValueSaysNothingTheMetaDoes() {
        Entry older = new Entry(EntryKey.of("id.x", "k"), ByteString.EMPTY, ByteString.copyFromUtf8("{\"seq\":9}"));
        Entry newer = new Entry(EntryKey.of("id.x", "k"), ByteString.EMPTY, ByteString.copyFromUtf8("{\"seq\":10}"));
        assertThat(MonotonicOrder.further(older, newer)).isEqualTo(newer);
        assertThat(MonotonicOrder.further(newer, older)).isEqualTo(newer);
    }

    private static final class Written implements RestoreTarget {
        private final List<Entry> entries = new ArrayList<>();

        @Override
        public String describe() {
            return "a list";
        }

        @Override
        public boolean staged() {
            return true;
        }

        @Override
        public void check(RestorePoint point) {}

        @Override
        public void examine(Entry entry) {
            write(entry);
        }

        @Override
        public RestoreReport ready() {
            return publish();
        }

        @Override
        public void prepare(RestorePoint point) {}

        @Override
        public void write(Entry entry) {
            entries.add(entry);
        }

        @Override
        public RestoreReport publish(Runnable beforeVisible) {
            beforeVisible.run();
            return new RestoreReport(entries.size(), 0, List.of());
        }

        @Override
        public void close() {}
    }
}
