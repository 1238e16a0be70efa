package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.connectors.databend.targets.ExportOptions.LogSource;
import io.metawal.connectors.databend.targets.InitialCluster;
import io.metawal.connectors.databend.targets.LogText;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestoreReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of a file starts a cluster: see {@link StockService} for what is demanded. */
class StartableFilesTest {
    private static final InitialCluster NODES = InitialCluster.parse(List.of("1=a:1", "2=b:2", "7=c:3"));
    private static final int POINTS_MAX = 3;

    @TempDir
    Path directory;

    private int files;
    private RestoreReport report = new RestoreReport(0, 0, List.of());

    static Stream<Named<byte[]>> exports() {
        return Exports.withServices();
    }

    private List<String> written(NavigableMap<EntryKey, Entry> image, ExportOptions options) {
        Path file = directory.resolve("out" + files++);
        report = Imported.export(image, file, options);
        return Imported.lines(file);
    }

    private static LogSource log(Imported imported, long to) {
        List<String> entries = imported.sink.commits().stream()
                .filter(commit -> commit.header().epoch() <= to)
                .map(Commit::body)
                .map(LogText::of)
                .flatMap(Optional::stream)
                .toList();
        return source(entries);
    }

    private static LogSource source(List<String> entries) {
        return more -> {
            for (String entry : entries) {
                if (!more.test(entry)) {
                    return;
                }
            }
        };
    }

    @ParameterizedTest
    @MethodSource("exports")
    void every_form_of_every_point_starts(byte[] export) {
        Imported imported = new Imported();
        imported.add(export);
        List<Long> points = imported.sink.commits().stream()
                .map(commit -> commit.header().epoch())
                .distinct()
                .toList();
        int step = Math.max(1, points.size() / POINTS_MAX);
        for (int n = points.size() - 1; n >= 0; n -= step) {
            long point = points.get(n);
            NavigableMap<EntryKey, Entry> image = imported.at(point);
            for (ExportOptions options :
                    List.of(ExportOptions.DEFAULT, ExportOptions.DEFAULT.withLog(log(imported, point)))) {
                List<String> plain = written(image, options);
                StockService asItWas = StockService.imported(plain);
                // A log that begins behind the first membership has points of which none is known.
                boolean member = image.containsKey(EntryKey.of("system.last_membership", "LastMembership"));
                assertThat(asItWas.voters().isEmpty()).as("point " + point).isEqualTo(!member);
                assertThat(member || n < points.size() - 1).isTrue();
                assertThat(report.notes().stream().anyMatch(note -> note.startsWith("no membership is known")))
                        .isEqualTo(!member);
                for (long node : asItWas.voters()) {
                    StockService.imported(plain).start(node);
                }
                StockService.imported(plain).withInitialCluster(1, 2, 9).start(9);
                long node = List.copyOf(NODES.nodes().keySet()).get(files % 3);
                List<String> own = written(image, options.withCluster(NODES, OptionalLong.of(node)));
                StockService.imported(own).start(node);
                StockService.imported(own).withInitialCluster(1, 2, 7).start(node);
            }
        }
    }

    @Test
    void the_log_comes_with_the_ids_that_its_leaders_gave() {
        Imported imported = new Imported();
        imported.add(Exports.own("leaders"));
        List<String> lines = written(
                imported.latest(),
                ExportOptions.DEFAULT.withLog(log(imported, 13)).withCluster(NODES, OptionalLong.of(7)));
        String last = "{\"leader_id\":{\"term\":4,\"node_id\":2},\"index\":";
        assertThat(lines)
                .contains("[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":5,\"node_id\":7},\"committed\":false}}]")
                .anyMatch(line -> line.contains(last + "13}"))
                .anyMatch(
                        line -> line.contains("{\"LogEntry\":{\"log_id\":" + last + "14},\"payload\":{\"Membership\""))
                .anyMatch(line -> line.contains("\"LastApplied\",\"value\":{\"LogId\":" + last + "13}"))
                .anyMatch(line -> line.contains("{\"FetchIncreaseU64\":{\"key\":\"__fd_autoincrement_storage/t/1\","
                        + "\"delta\":3,\"max_value\":0}}"));
        assertThat(written(imported.latest(), ExportOptions.DEFAULT).subList(1, 3))
                .containsExactly(
                        "[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":4,\"node_id\":2},\"committed\":true}}]",
                        "[\"raft_log\",{\"Purged\":" + last + "13}}]");
    }

    /** It imports again as the same log, so that a cluster that was restored from it can be captured on. */
    @Test
    void entries_in_todays_form_say_the_same() {
        Imported imported = new Imported();
        imported.add(Exports.own("leaders"));
        List<String> lines = written(imported.latest(), ExportOptions.DEFAULT.withLog(log(imported, 13)));
        int commits = imported.sink.commits().size();
        assertThat(imported.add(String.join("\n", lines)).findings()).isEmpty();
        assertThat(imported.sink.commits()).hasSize(commits);
    }

    @Test
    void log_entries_whose_ids_fall_are_refused() {
        Imported imported = new Imported();
        imported.add(Exports.own("leaders"));
        List<String> entries = new ArrayList<>();
        log(imported, 13).read(entries::add);
        entries.replaceAll(entry -> entry.replace("{\"term\":2,\"node_id\":3}", "{\"term\":1,\"node_id\":0}"));
        assertThatThrownBy(() -> written(imported.latest(), ExportOptions.DEFAULT.withLog(source(entries))))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":9} after");
    }

    /** What a stock import and a service of 260304 made of such files: the same here. */
    @Test
    void the_rules_are_those_that_a_real_service_was_seen_to_have() {
        String end = "{\"leader_id\":{\"term\":2,\"node_id\":3},\"index\":21}";
        String applied =
                "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":%s}}}]";
        String membership =
                "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastMembership\",\"value\":{\"Membership\":"
                        + "{\"log_id\":null,\"membership\":{\"configs\":[[1,2,3]],\"nodes\":{\"1\":{},\"2\":{},\"3\":{}}}}}}}]";
        String vote = "[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":2,\"node_id\":3},\"committed\":true}}]";
        String purged = "[\"raft_log\",{\"Purged\":" + end + "}]";
        String entry = "[\"raft_log\",{\"LogEntry\":{\"log_id\":" + end + ",\"payload\":\"Blank\"}}]";
        String begin = "[\"raft_log\",{\"Purged\":{\"leader_id\":{\"term\":2,\"node_id\":3},\"index\":20}}]";
        String state = applied.formatted(end);
        assertThat(whyNot(3, 0, state, membership)).as("no vote, no log").isNotNull();
        assertThat(whyNot(1, 1, state, membership))
                .as("the same, with an initial cluster")
                .contains("log entry not found");
        assertThat(whyNot(1, 0, begin, entry, state, membership)).as("no vote").contains("reversed when append");
        assertThat(whyNot(3, 0, vote, purged, state, membership)).isNull();
        assertThat(whyNot(1, 1, vote, purged, state, membership)).isNull();
        assertThat(whyNot(3, 0, vote, begin, entry, state, membership)).isNull();
        String zero = "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":2,\"node_id\":0},\"index\":22},"
                + "\"payload\":\"Blank\"}}]";
        assertThatThrownBy(() -> service(begin, entry, zero, state, membership))
                .hasMessageContaining("reversed when append");
        assertThat(whyNot(1, 1, purged, state, membership)).as("Purged alone").contains("reversed when append");
    }

    private static StockService service(String... lines) {
        List<String> all = new ArrayList<>();
        all.add("[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]");
        all.addAll(List.of(lines));
        return StockService.imported(all);
    }

    private static @org.jspecify.annotations.Nullable String whyNot(long node, int initialClusters, String... lines) {
        StockService service = service(lines);
        return (initialClusters > 0 ? service.withInitialCluster(1) : service).whyNot(node);
    }
}
