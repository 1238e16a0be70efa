package io.metawal.connectors.sql.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.engine.ChangeEvent;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeedQueueTest {
    private static final Schema CONTENT =
            SchemaBuilder.struct().field("content", Schema.BYTES_SCHEMA).build();
    private static final Schema MESSAGE =
            SchemaBuilder.struct().name("Message").field("message", CONTENT).build();

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

    private static FeedRecord message(int bytes) {
        Struct value = new Struct(MESSAGE).put("message", new Struct(CONTENT).put("content", new byte[bytes]));
        return new FeedRecord(new Event(new SourceRecord(Map.of(), Map.of(), "topic", MESSAGE, value)));
    }

    @Test
    void isBoundedInBytes() throws InterruptedException {
        FeedQueue queue = new FeedQueue(100, 50_000);
        assertThat(queue.offer(message(20_000), 0)).isTrue();
        assertThat(queue.offer(message(20_000), 0)).isTrue();
        assertThat(queue.offer(message(20_000), 0)).isFalse();
        assertThat(queue.poll(0)).isNotNull();
        assertThat(queue.offer(message(20_000), 0)).isTrue();
    }

    @Test
    void isBoundedInNumber() throws InterruptedException {
        FeedQueue queue = new FeedQueue(2, 50_000);
        assertThat(queue.offer(message(1), 0)).isTrue();
        assertThat(queue.offer(message(1), 0)).isTrue();
        assertThat(queue.offer(message(1), 0)).isFalse();
        queue.clear();
        assertThat(queue.poll(0)).isNull();
        assertThat(queue.offer(message(40_000), 0)).isTrue();
    }

    @Test
    void whatIsLargerThanTheBoundPassesAlone() throws InterruptedException {
        FeedQueue queue = new FeedQueue(100, 50_000);
        assertThat(queue.offer(message(1), 0)).isTrue();
        assertThat(queue.offer(message(900_000), 0)).isFalse();
        queue.poll(0);
        assertThat(queue.offer(message(900_000), 0)).isTrue();
        assertThat(queue.offer(message(1), 0)).isFalse();
        assertThat(queue.poll(0)).isNotNull();
        assertThat(queue.offer(message(1), 0)).isTrue();
    }
}
