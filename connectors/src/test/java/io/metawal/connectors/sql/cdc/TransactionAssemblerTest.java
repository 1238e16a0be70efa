package io.metawal.connectors.sql.cdc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.data.Envelope;
import io.debezium.engine.ChangeEvent;
import io.metawal.metadata.fault.MismatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransactionAssemblerTest {
    private static final Schema EDGE = SchemaBuilder.struct()
            .field("status", Schema.STRING_SCHEMA)
            .field("id", Schema.STRING_SCHEMA)
            .field("event_count", Schema.OPTIONAL_INT64_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema BLOCK =
            SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).optional().build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .name("metawal.public.t" + Envelope.SCHEMA_NAME_SUFFIX)
            .field("op", Schema.STRING_SCHEMA)
            .field("source", SOURCE)
            .field("transaction", BLOCK)
            .build();

    private final TransactionAssembler<Told> assembler =
            new TransactionAssembler<>("the source", UnaryOperator.identity(), Told::new);

    private static final class Told implements TransactionAssembler.Rows {
        private final List<FeedRecord> records = new ArrayList<>();
        private boolean closed;

        @Override
        public void add(FeedRecord record) {
            records.add(record);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private record Event(SourceRecord value) implements ChangeEvent<SourceRecord, SourceRecord> {
        @Override
        public SourceRecord key() {
            return value;
        }

        @Override
        public String destination() {
            return value.topic();
        }

        @Override
        public @Nullable Integer partition() {
            return null;
        }
    }

    private static FeedRecord record(Schema schema, Struct value) {
        return new FeedRecord(new Event(new SourceRecord(Map.of(), Map.of("lsn", 1L), "topic", schema, value)));
    }

    private static FeedRecord edge(String status, String id, @Nullable Long count) {
        return record(
                EDGE,
                new Struct(EDGE)
                        .put("status", status)
                        .put("id", id)
                        .put("event_count", count)
                        .put("ts_ms", 1L));
    }

    private static FeedRecord row(@Nullable String id) {
        Struct source = new Struct(SOURCE).put("schema", "public").put("table", "t");
        Struct row = new Struct(ROW).put("op", "c").put("source", source);
        return record(ROW, id == null ? row : row.put("transaction", new Struct(BLOCK).put("id", id)));
    }

    @Test
    void isWholeAtItsEndAndNoSooner() throws InterruptedException {
        assertThat(assembler.take(edge("BEGIN", "7", null))).isNull();
        assertThat(assembler.take(row("7"))).isNull();
        assertThat(assembler.take(row("7"))).isNull();
        var whole = Objects.requireNonNull(assembler.take(edge("END", "7", 2L)));
        assertThat(whole.rows().records).hasSize(2);
        assertThat(whole.count()).isEqualTo(2);
        assertThat(assembler.take(edge("BEGIN", "8", null))).isNull();
        var empty = Objects.requireNonNull(assembler.take(edge("END", "8", 0L)));
        assertThat(empty.count()).isZero();
        assembler.close();
        assertThat(whole.rows().closed || empty.rows().closed).isFalse();
    }

    @Test
    void closesWhatIsNotToldToItsEnd() throws InterruptedException {
        List<Told> all = new ArrayList<>();
        var cut = new TransactionAssembler<>("the source", UnaryOperator.identity(), () -> {
            all.add(new Told());
            return all.get(0);
        });
        cut.take(edge("BEGIN", "7", null));
        cut.take(row("7"));
        cut.close();
        assertThat(all).hasSize(1);
        assertThat(all.get(0).closed).isTrue();
    }

    @Test
    void aRowTooFewOrTooManyIsAFault() throws InterruptedException {
        assembler.take(edge("BEGIN", "7", null));
        assembler.take(row("7"));
        assertThatThrownBy(() -> assembler.take(edge("END", "7", 2L)))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("transaction 7 has 2 changes by its end, but 1 were told");
    }

    @Test
    void aRowOutsideItsTransactionIsAFault() throws InterruptedException {
        assertThatThrownBy(() -> assembler.take(row("7")))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("a row of t belongs to transaction 7, but the one that is told is none");
        assembler.take(edge("BEGIN", "8", null));
        assertThatThrownBy(() -> assembler.take(row("7"))).hasMessageContaining("but the one that is told is 8");
        assertThatThrownBy(() -> assembler.take(row(null))).isInstanceOf(MismatchException.class);
        assertThatThrownBy(() -> assembler.take(edge("BEGIN", "9", null)))
                .hasMessageContaining("transaction 9 begins while 8 has not ended");
        assertThatThrownBy(() -> assembler.take(edge("END", "9", 0L))).hasMessageContaining("transaction 9 ends");
    }
}
