package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.databend.DatabendServer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports whose last lines were never written: refused, or, where nothing tells, healed by the whole file. */
class CutExportTest {
    private static final int KEYS = 120;

    private final Imported imported = new Imported();
    private DatabendServer server;

    @BeforeEach
    void start() {
        server = DatabendServer.start(1, InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(String prefix, int count) {
        for (int n = 0; n < count; n++) {
            server.put(String.format("%s%05d", prefix, n), Imported.bytes("v" + n));
        }
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    private static int lastLine(List<String> lines, Predicate<String> of) {
        int last = 0;
        for (int n = 0; n < lines.size(); n++) {
            last = of.test(lines.get(n)) ? n : last;
        }
        return last;
    }

    private void refused(List<String> lines, int length) {
        int commits = imported.sink.commits().size();
        assertThatThrownBy(() -> imported.add(text(lines.subList(0, length))))
                .as("cut behind line " + length)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("test is cut: it ends with line " + length)
                .hasMessageContaining("Nothing of this file was imported");
        assertThat(imported.sink.commits()).hasSize(commits);
    }

    @Test
    void one_that_lacks_what_is_here_already_is_refused_and_the_whole_file_is_taken() {
        put("__fd_table/1/t", KEYS);
        server.snapshotAndPurge(10);
        put("__fd_table/1/u", 20);
        imported.add(text(server.export(1)));
        put("__fd_table/1/a", KEYS);
        server.snapshot();
        put("__fd_table/1/b", 20);
        List<String> whole = server.export(1);
        for (int length = lastLine(whole, line -> line.contains("LastMembership")) + 1;
                length < whole.size();
                length++) {
            refused(whole, length);
        }
        assertThat(imported.add(text(whole)).findings()).isEmpty();
        Imported fresh = new Imported();
        fresh.add(text(whole));
        assertThat(Imported.records(imported.latest())).isEqualTo(Imported.records(fresh.latest()));
    }

    @Test
    void one_that_lacks_what_its_own_log_put_is_refused_in_a_new_repository_too() {
        put("__fd_table/1/t", KEYS);
        server.snapshotAndPurge(10);
        put("__fd_table/1/u", 10);
        server.snapshot();
        List<String> whole = server.export(1);
        for (int length = lastLine(whole, line -> line.contains("LastMembership")) + 1;
                length < whole.size();
                length++) {
            refused(whole, length);
        }
        assertThat(imported.add(text(whole)).findings()).isEmpty();
    }

    @Test
    void a_whole_history_knows_what_conditional_puts_left() {
        put("__fd_table/1/t", 3);
        List<String> lines = new java.util.ArrayList<>(server.export(1));
        server.snapshot();
        List<String> whole = server.export(1);
        // The same put, under a condition that only a replay can tell to hold.
        whole = whole.stream()
                .map(line -> line.contains("\"LogEntry\"") && line.contains("t00002")
                        ? line.replace("\"seq\":\"Any\"", "\"seq\":{\"Exact\":0}")
                        : line)
                .toList();
        assertThat(String.join("", whole)).contains("\"Exact\":0").isNotEqualTo(String.join("", lines));
        refused(whole, whole.size() - 1);
        assertThat(imported.add(text(whole)).findings()).isEmpty();
    }

    @Test
    void an_expire_line_wants_its_record() {
        put("__fd_table/1/t", 3);
        server.putFor("__fd_warehouses/v1/t/w", Imported.bytes("w"), 60_000);
        server.snapshotAndPurge(0);
        List<String> whole = server.export(1);
        for (int length = lastLine(whole, line -> line.contains("\"Expire\"")) + 1; length < whole.size(); length++) {
            refused(whole, length);
        }
        assertThat(imported.add(text(whole)).findings()).isEmpty();
    }

    @Test
    void a_cut_that_nothing_tells_is_healed_by_the_whole_file() {
        put("__fd_table/1/t", KEYS);
        server.snapshotAndPurge(0);
        server.put("__fd_table/1/a", Imported.bytes("later"));
        server.delete("__fd_table/1/t00001");
        List<String> whole = server.export(1);
        imported.add(text(whole.subList(0, whole.size() - KEYS / 2)));
        var report = imported.add(text(whole));
        assertThat(report.findings()).hasSize(1);
        assertThat(report.findings().get(0))
                .contains("the log was wrong at index " + server.last())
                .contains("__fd_table/1/t00060")
                .contains("60 entries");
        Imported fresh = new Imported();
        fresh.add(text(whole));
        assertThat(Imported.records(imported.latest())).isEqualTo(Imported.records(fresh.latest()));
        assertThat(imported.add(text(whole)).commits()).isZero();
    }

    @Test
    void what_was_lost_is_healed_by_a_later_export_with_the_same_snapshot_too() {
        put("__fd_table/1/t", KEYS);
        server.snapshotAndPurge(0);
        server.put("__fd_table/1/a", Imported.bytes("1"));
        List<String> cut = server.export(1);
        imported.add(text(cut.subList(0, cut.size() - 30)));
        server.put("__fd_table/1/b", Imported.bytes("2"));
        var report = imported.add(text(server.export(1)));
        assertThat(report.findings()).hasSize(1);
        Imported fresh = new Imported();
        fresh.add(text(server.export(1)));
        NavigableMap<EntryKey, Entry> latest = imported.latest();
        assertThat(Imported.records(latest)).isEqualTo(Imported.records(fresh.latest()));
        assertThat(imported.sink.last().header().epoch()).isEqualTo(server.last());
    }

    @ParameterizedTest
    @MethodSource("io.metawal.connectors.databend.Exports#all")
    void every_line_that_a_real_export_may_end_with_too_early_is_refused_or_healed(byte[] export) {
        List<String> whole = new String(export, java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        Imported all = new Imported();
        all.add(export);
        for (int length = 1; length < whole.size(); length++) {
            Imported cut = new Imported();
            String part = text(whole.subList(0, length));
            try {
                cut.add(part);
            } catch (CorruptException | io.metawal.metadata.fault.GapException e) {
                assertThat(cut.sink.commits()).isEmpty();
                continue;
            }
            cut.add(export);
            assertThat(Imported.records(cut.latest()))
                    .as("cut behind line " + length + " of " + whole.size())
                    .isEqualTo(Imported.records(all.latest()));
        }
    }
}
