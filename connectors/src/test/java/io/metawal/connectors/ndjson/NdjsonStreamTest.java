package io.metawal.connectors.ndjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.OutputException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The last step of a restore into a stream comes after everything was given to its reader. */
class NdjsonStreamTest {
    private static final RestorePoint POINT = new RestorePoint("c", Provenance.START);
    private static final Entry ENTRY =
            new Entry(EntryKey.of("kv", "a"), ByteString.copyFromUtf8("1"), ByteString.EMPTY);

    private final List<String> steps = new ArrayList<>();

    private void restore(OutputStream out) {
        try (NdjsonStream target = new NdjsonStream("a pipe", () -> out)) {
            target.prepare(POINT);
            target.write(ENTRY);
            var unused = target.publish(() -> steps.add("timeline"));
        }
    }

    @Test
    void theTimelineIsMadeOnceAllLinesAreGiven() {
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                steps.add("flushed");
            }
        };
        restore(out);
        assertThat(steps).startsWith("flushed", "timeline");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"space\":\"kv\",\"key\":\"a\",\"value\":\"1\"}\n");
    }

    @Test
    void noTimelineIsMadeWhereTheReaderIsGone() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThatThrownBy(() -> restore(broken)).isInstanceOf(OutputException.class);
        assertThat(steps).isEmpty();
    }
}
