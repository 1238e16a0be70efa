package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.connectors.databend.export.ExportVersion;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.LogId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept of each line is enough to write it again, byte for byte. */
class ExportLinesTest {
    static Stream<Named<byte[]>> exports() {
        return Exports.all();
    }

    @ParameterizedTest
    @MethodSource("exports")
    void every_line_is_written_again_byte_for_byte(byte[] export) throws Exception {
        Again again = new Again();
        Imported.reader(export).read(again);
        String[] wanted = new String(export, StandardCharsets.UTF_8).split("\n");
        again.old = wanted[0].contains("V004") ? null : "";
        assertThat(again.written()).containsExactly(wanted);
    }

    private static final class Again implements ExportVisitor {
        private final List<Object> parts = new ArrayList<>();
        private StateLines lines = new StateLines("");

        @Nullable
        private String old;

        List<String> written() {
            return parts.stream()
                    .map(part -> part instanceof LogEntry entry ? logLine(entry) : (String) part)
                    .toList();
        }

        private String logLine(LogEntry entry) {
            return old == null
                    ? "[\"raft_log\",{\"LogEntry\":" + entry.text() + "}]"
                    : "[\"raft_log\",{\"Logs\":{\"key\":" + entry.index() + ",\"value\":" + entry.text() + "}}]";
        }

        @Override
        public void version(ExportVersion version, String line) {
            if (!line.isEmpty()) {
                parts.add(line);
            }
        }

        @Override
        public void committed(@Nullable LogId at, String line) {
            parts.add(line);
        }

        @Override
        public void purged(@Nullable LogId at, String line) {
            parts.add(line);
        }

        @Override
        public void raft(String tree, String variant, String line) {
            parts.add(line);
        }

        @Override
        public void log(LogEntry entry) {
            parts.add(entry);
        }

        @Override
        public void tree(String tree) {
            lines = new StateLines(tree);
        }

        @Override
        public void sequences(String key, long value) {
            parts.add(lines.sequences(key, Long.toString(value)));
        }

        @Override
        public void meta(String key, String value, @Nullable LogId logId) {
            parts.add(lines.meta(key, value));
        }

        @Override
        public void node(String id, String node) {
            parts.add(lines.node(id, node));
        }

        @Override
        public void expire(long timeMs, long seq, ByteString key, Expire line) {
            Long value = line.valueSeq();
            ExportForm.Expire form = value == null
                    ? ExportForm.Expire.ABSENT
                    : value == 1 ? ExportForm.Expire.ONE : ExportForm.Expire.SAME;
            parts.add(lines.expire(key, timeMs, seq, form));
        }

        @Override
        public void kv(ByteString key, KvRecord record) {
            parts.add(new String(lines.kv(key, KvRecord.of(record.entry(key))), StandardCharsets.UTF_8));
        }

        @Override
        public void other(String variant, String line) {
            parts.add(line);
        }
    }
}
