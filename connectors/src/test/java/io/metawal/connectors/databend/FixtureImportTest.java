package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports of every version: imported, restored, written again. */
class FixtureImportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ExportOptions WHOLE = ExportOptions.DEFAULT.with(ExportOptions.Ephemeral.KEPT);

    @TempDir
    Path directory;

    static Stream<Named<byte[]>> exports() {
        return Exports.all();
    }

    private static List<String> state(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("[\"state_machine/"))
                .toList();
    }

    private static List<String> of(List<String> lines, String variant) {
        return lines.stream()
                .filter(line -> line.contains(",{\"" + variant + "\":"))
                .toList();
    }

    /** What no databend-metactl takes any more. */
    private static boolean formerCatalog(String line) {
        return line.contains(",{\"Databases\":") || line.contains(",{\"Tables\":") || line.contains("Lookup\":");
    }

    /** What stood there before 2023 as it is written now. */
    private static String asToday(String line) {
        return line.replaceAll("\\{\"term\":(\\d+),\"index\"", "{\"leader_id\":{\"term\":$1,\"node_id\":0},\"index\"")
                .replaceAll("\"all_nodes\":\\[1\\]", "\"nodes\":{\"1\":{}}")
                .replaceAll("\"all_nodes\":\\[1,2,3\\]", "\"nodes\":{\"1\":{},\"2\":{},\"3\":{}}");
    }

    private static Map<EntryKey, Object> asToday(Map<EntryKey, Entry> image) {
        Map<EntryKey, Object> texts = new TreeMap<>();
        image.forEach((key, entry) -> texts.put(
                key,
                key.space().name().startsWith("system.") ? asToday(entry.value().toStringUtf8()) : entry));
        return texts;
    }

    /** The index that the export's own state is at. */
    private static long applied(List<String> lines) throws Exception {
        for (String line : of(lines, "StateMachineMeta")) {
            JsonNode meta = JSON.readTree(line).get(1).get("StateMachineMeta");
            if (meta.get("key").asText().equals("LastApplied")) {
                return meta.get("value").get("LogId").get("index").asLong();
            }
        }
        throw new AssertionError("no LastApplied");
    }

    private static NavigableMap<Long, JsonNode> log(List<String> lines) throws Exception {
        NavigableMap<Long, JsonNode> log = new TreeMap<>();
        for (String line : lines) {
            JsonNode body = JSON.readTree(line).get(1);
            JsonNode entry = body.has("LogEntry")
                    ? body.get("LogEntry")
                    : body.path("Logs").get("value");
            if (entry != null) {
                log.put(entry.get("log_id").get("index").asLong(), entry);
            }
        }
        return log;
    }

    @ParameterizedTest
    @MethodSource("exports")
    void state_comes_back_line_by_line(byte[] export) throws Exception {
        List<String> before =
                state(new String(export, StandardCharsets.UTF_8).lines().toList());
        long applied = applied(before);
        List<String> wanted = before.stream()
                .filter(line -> !formerCatalog(line))
                .map(FixtureImportTest::asToday)
                .toList();
        Imported imported = new Imported();
        ImportReport report = imported.add(export);
        assertThat(report.findings()).isEmpty();

        Path file = directory.resolve("out.ndjson");
        var written = Imported.export(imported.at(applied), file, WHOLE);
        List<String> lines = Imported.lines(file);
        assertThat(state(lines)).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(written.entries()).isEqualTo(wanted.size());
        assertThat(written.skipped()).isEqualTo(before.size() - wanted.size());
        for (String sorted : List.of("Expire", "GenericKV", "Nodes")) {
            assertThat(of(lines, sorted)).isEqualTo(of(wanted, sorted));
        }
        assertThat(lines.get(0)).contains("\"V004\"");
        assertThat(lines.get(1)).contains("\"Vote\":");
        assertThat(lines.get(2)).contains("\"Purged\":");
        assertThat(lines.indexOf(of(lines, "Sequences").get(0))).isEqualTo(3);
        if (!of(lines, "Expire").isEmpty()) {
            assertThat(lines.indexOf(of(lines, "Expire").get(0)))
                    .isLessThan(lines.indexOf(of(lines, "GenericKV").get(0)));
        }
    }

    @ParameterizedTest
    @MethodSource("exports")
    void every_log_index_restores_to_what_a_plain_model_has(byte[] export) throws Exception {
        List<String> lines = new String(export, StandardCharsets.UTF_8).lines().toList();
        NavigableMap<Long, JsonNode> log = log(lines);
        Imported imported = new Imported();
        ImportReport report = imported.add(export);
        PlainModel model = new PlainModel();
        for (var entry : log.headMap(report.to(), true).entrySet()) {
            model.apply(entry.getValue());
            NavigableMap<EntryKey, Entry> image = imported.at(entry.getKey());
            assertThat(Imported.records(image)).as("at index " + entry.getKey()).isEqualTo(model.records);
            String sequence = Imported.value(image, "id.sequences", "generic-kv");
            assertThat(sequence.isEmpty() ? 0 : Long.parseLong(sequence)).isEqualTo(model.sequence);
            assertThat(image.keySet().stream().filter(key -> key.space().name().equals("system.node")))
                    .hasSize(model.nodes.size());
            assertThat(JSON.readTree(Imported.value(image, "system.last_applied", "LastApplied"))
                            .get("LogId"))
                    .isEqualTo(entry.getValue().get("log_id"));
        }
        assertThat(report.to()).isGreaterThanOrEqualTo(log.firstKey() + 8);
        List<Commit> data = imported.sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA)
                .toList();
        assertThat(data).hasSize((int) (report.to() - log.firstKey() + 1));
    }

    @ParameterizedTest
    @MethodSource("exports")
    void what_was_written_imports_to_the_same(byte[] export) throws Exception {
        Imported imported = new Imported();
        imported.add(export);
        Path first = directory.resolve("first");
        Imported.export(imported.latest(), first, WHOLE);
        Imported again = new Imported();
        ImportReport report = again.add(Files.readAllBytes(first));
        assertThat(report.findings()).isEmpty();
        assertThat(report.baseAt()).isEqualTo(imported.sink.epoch());
        NavigableMap<EntryKey, Entry> wanted = imported.latest();
        wanted.remove(EntryKey.of("system.log", "last"));
        wanted.values()
                .removeIf(entry -> entry.value().toStringUtf8().startsWith("[\"raft_")
                        || formerCatalog(entry.value().toStringUtf8()));
        assertThat(asToday(again.latest())).isEqualTo(asToday(wanted));
        Path second = directory.resolve("second");
        Imported.export(again.latest(), second, WHOLE);
        assertThat(second).hasSameBinaryContentAs(first);
    }

    @ParameterizedTest
    @MethodSource("exports")
    void a_second_import_changes_nothing(byte[] export) {
        Imported imported = new Imported();
        long to = imported.add(export).to();
        int commits = imported.sink.commits().size();
        ImportReport report = imported.add(export);
        assertThat(report.commits()).isZero();
        assertThat(report.from()).isEqualTo(to);
        assertThat(report.to()).isEqualTo(to);
        assertThat(imported.sink.commits()).hasSize(commits);
    }
}
