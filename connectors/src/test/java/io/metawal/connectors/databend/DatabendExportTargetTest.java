package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.databend.targets.DatabendExportTarget;
import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.connectors.databend.targets.ExportOptions.Ephemeral;
import io.metawal.connectors.databend.targets.InitialCluster;
import io.metawal.connectors.databend.targets.LogText;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.files.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports as they are written. */
class DatabendExportTargetTest {
    @TempDir
    Path directory;

    private static NavigableMap<EntryKey, Entry> image(String name) {
        Imported imported = new Imported();
        imported.add(Exports.own(name));
        return imported.latest();
    }

    private List<String> written() throws Exception {
        return Files.readAllLines(directory.resolve("out"));
    }

    private static List<String> keys(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("GenericKV"))
                .map(line -> line.replaceAll(".*\"GenericKV\":\\{\"key\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    @Test
    void what_only_lasts_while_renewed_is_left_out_and_not_missed() throws Exception {
        RestoreReport report = Imported.export(image("v003"), directory.resolve("out"), ExportOptions.DEFAULT);
        assertThat(report.skipped()).isZero();
        assertThat(report.notes())
                .containsExactly(
                        "1 records that last only while somebody renews them (sessions, heartbeats, locks) were left out");
        assertThat(written()).noneMatch(line -> line.contains("__fd_clusters") || line.contains("Expire"));
        assertThat(report.entries()).isEqualTo(written().size() - 3L);
        assertThat(directory.toFile().list()).containsExactly("out");
    }

    /** I4: of the records that wait by space, and of the file itself. */
    @Test
    void a_temporary_file_that_changes_ends_in_exit_6() throws Exception {
        NavigableMap<EntryKey, Entry> image = image("v003");
        List<String> files = new FaultMatrix(directory, 8, 100).run(() -> new FaultMatrix.Attempt() {
            private Path folder = directory;

            @Override
            public void restore(Path scratch) {
                folder = scratch;
                Imported.export(image, scratch.resolve("out"), ExportOptions.DEFAULT);
            }

            @Override
            public void assertRestored() throws Exception {
                assertThat(FaultMatrix.names(folder)).containsExactly("out");
                Imported again = new Imported();
                again.add(Files.readAllBytes(Path.of(folder.resolve("out").toString())));
                assertThat(Imported.records(again.latest()).keySet())
                        .isSubsetOf(Imported.records(image).keySet());
            }

            @Override
            public void assertNothingVisible() {
                assertThat(folder).isEmptyDirectory();
            }
        });
        assertThat(files)
                .anyMatch(file -> file.startsWith("metawal-spool-"))
                .anyMatch(file -> file.startsWith(".metawal-part-"));
    }

    @Test
    void an_existing_file_is_refused_and_stays() throws Exception {
        Path file = Files.writeString(directory.resolve("out"), "mine");
        assertThatThrownBy(() -> Imported.export(image("v004"), file, ExportOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
        assertThat(file).hasContent("mine");
        assertThat(directory.toFile().list()).containsExactly("out");
    }

    @Test
    void one_that_came_into_being_meanwhile_is_not_overwritten() throws Exception {
        Path file = directory.resolve("out");
        try (DatabendExportTarget target = new DatabendExportTarget(file, ExportOptions.DEFAULT, directory)) {
            target.prepare(new RestorePoint("c", Provenance.START));
            image("v004").values().forEach(target::write);
            Files.writeString(file, "mine");
            assertThatThrownBy(target::publish)
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
        }
        assertThat(file).hasContent("mine");
        assertThat(directory.toFile().list()).containsExactly("out");
    }

    @Test
    void the_files_of_all_nodes_come_together_or_not_at_all() throws Exception {
        InitialCluster cluster = InitialCluster.parse(List.of("1=a:1", "2=b:2"));
        ExportOptions options = ExportOptions.DEFAULT.withCluster(cluster, OptionalLong.empty());
        try (DatabendExportTarget target = new DatabendExportTarget(directory.resolve("out"), options, directory)) {
            target.prepare(new RestorePoint("c", Provenance.START));
            image("v004").values().forEach(target::write);
            Path second = directory.resolve("out.2");
            assertThatThrownBy(() -> target.publish(() -> made(second)))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
        }
        assertThat(directory.toFile().list()).containsExactly("out.2");
    }

    private static void made(Path file) {
        try {
            Files.writeString(file, "mine");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_plan_spools_to_the_scratch_directory_and_asks_for_room() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Path place = Files.createDirectory(directory.resolve("place"));
        Path file = FaultyFiles.withRoom(place, 100).directory().resolve("out");
        try (DatabendExportTarget target = new DatabendExportTarget(file, ExportOptions.DEFAULT, scratch)) {
            target.check(new RestorePoint("c", Provenance.START));
            image("v004").values().forEach(target::examine);
            assertThat(scratch.toFile().list()).hasSize(1);
            assertThatThrownBy(target::ready)
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("has 100 left");
        }
        assertThat(scratch).isEmptyDirectory();
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void nothing_is_left_of_one_that_is_not_published() {
        try (DatabendExportTarget target =
                new DatabendExportTarget(directory.resolve("out"), ExportOptions.DEFAULT, directory)) {
            target.prepare(new RestorePoint("c", Provenance.START));
            image("v004").values().forEach(target::write);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void an_initial_cluster_takes_the_place_of_nodes_and_membership() throws Exception {
        InitialCluster cluster = InitialCluster.parse(List.of("4=a:1", "5=b:2,b:3", "6=c:4"));
        Imported.export(
                image("v002"),
                directory.resolve("out"),
                ExportOptions.DEFAULT.withCluster(cluster, OptionalLong.of(5)));
        String node =
                "{\"name\":\"%d\",\"endpoint\":{\"addr\":\"%s\",\"port\":%d},\"grpc_api_advertise_address\":null}";
        assertThat(written().subList(0, 15))
                .containsExactly(
                        "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
                        "[\"raft_log\",{\"NodeId\":5}]",
                        "[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":2,\"node_id\":5},\"committed\":false}}]",
                        "[\"raft_log\",{\"Committed\":null}]",
                        "[\"raft_log\",{\"Purged\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":10}}]",
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":11},\"payload\":{\"Membership\":{\"configs\":[[4,5,6]],\"nodes\":{\"4\":{},\"5\":{},\"6\":{}}}}}}]",
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":12},\"payload\":{\"Normal\":{\"cmd\":{\"AddNode\":{\"node_id\":4,\"node\":"
                                + node.formatted(4, "a", 1) + ",\"overriding\":true}}}}}}]",
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":13},\"payload\":{\"Normal\":{\"cmd\":{\"AddNode\":{\"node_id\":5,\"node\":"
                                + node.formatted(5, "b", 2) + ",\"overriding\":true}}}}}}]",
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":14},\"payload\":{\"Normal\":{\"cmd\":{\"AddNode\":{\"node_id\":6,\"node\":"
                                + node.formatted(6, "c", 4) + ",\"overriding\":true}}}}}}]",
                        "[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":9}}]",
                        "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":10}}}}]",
                        "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastMembership\",\"value\":{\"Membership\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":10},\"membership\":{\"configs\":[[4,5,6]],\"nodes\":{\"4\":{},\"5\":{},\"6\":{}}}}}}}]",
                        "[\"state_machine/0\",{\"Nodes\":{\"key\":4,\"value\":" + node.formatted(4, "a", 1) + "}}]",
                        "[\"state_machine/0\",{\"Nodes\":{\"key\":5,\"value\":" + node.formatted(5, "b", 2) + "}}]",
                        "[\"state_machine/0\",{\"Nodes\":{\"key\":6,\"value\":" + node.formatted(6, "c", 4) + "}}]");
        assertThat(keys(written())).hasSize(5);
    }

    @Test
    void a_file_for_each_node_and_the_old_state_in_todays_words() throws Exception {
        InitialCluster cluster = InitialCluster.parse(List.of("1=a:1", "2=b:2"));
        Imported.export(
                image("v0"),
                directory.resolve("out"),
                ExportOptions.DEFAULT.withCluster(cluster, OptionalLong.empty()));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("out.1", "out.2");
        List<String> second = Files.readAllLines(directory.resolve("out.2"));
        assertThat(second)
                .contains("[\"raft_log\",{\"NodeId\":2}]")
                .noneMatch(line -> line.contains("all_nodes") || line.contains("{\"term\":1,\"index\""));
        Imported again = new Imported();
        assertThat(again.add(String.join("\n", second)).findings()).isEmpty();
        assertThat(Imported.value(again.latest(), "system.node", "2")).contains("\"addr\":\"b\"");
        RestoreReport plain = Imported.export(image("v0"), directory.resolve("plain"), ExportOptions.DEFAULT);
        assertThat(plain.notes()).anyMatch(note -> note.contains("is of before 2023"));
    }

    @Test
    void nodes_that_are_none_are_refused() {
        assertThatThrownBy(() -> InitialCluster.parse(List.of("1=a")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("expected ID=HOST:PORT");
        assertThatThrownBy(() -> InitialCluster.parse(List.of("1=a:70000"))).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> InitialCluster.parse(List.of("1=a:1", "1=b:1")))
                .hasMessageContaining("given twice");
        InitialCluster cluster = InitialCluster.parse(List.of("1=a:1"));
        assertThatThrownBy(() -> new DatabendExportTarget(
                        directory.resolve("out"),
                        ExportOptions.DEFAULT.withCluster(cluster, OptionalLong.of(2)),
                        directory))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("node 2 is not one of the initial cluster [1]");
    }

    private static List<String> log(Imported imported, long from) {
        return imported.sink.commits().stream()
                .filter(commit -> commit.header().epoch() >= from)
                .map(Commit::body)
                .map(LogText::of)
                .flatMap(Optional::stream)
                .collect(Collectors.toList());
    }

    private static ExportOptions.LogSource source(List<String> entries) {
        return more -> {
            for (String entry : entries) {
                if (!more.test(entry)) {
                    return;
                }
            }
        };
    }

    @Test
    void log_lines_are_written_as_they_come() {
        Imported imported = new Imported();
        imported.add(Exports.own("v002"));
        List<String> entries = log(imported, 3);
        // More than could be held, each once.
        int[] shown = {0};
        Imported.export(
                imported.latest(),
                directory.resolve("out"),
                ExportOptions.DEFAULT.withLog(more -> entries.forEach(entry -> {
                    shown[0]++;
                    assertThat(more.test(entry)).isTrue();
                    assertThat(directory.toFile().list())
                            .as("it is being written")
                            .hasSizeGreaterThan(1);
                })));
        assertThat(shown[0]).isEqualTo(entries.size());
    }

    @Test
    void log_lines_of_all_tenants_do_not_go_with_one_tenant() {
        assertThatThrownBy(() -> ExportOptions.DEFAULT.withTenant("a").withLog(source(List.of())))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("log entries are of all tenants");
    }

    @Test
    void a_tenant_that_nobody_has_is_not_found() {
        assertThatThrownBy(() -> Imported.export(
                        image("v003"), directory.resolve("out"), ExportOptions.DEFAULT.withTenant("nosuch")))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining("no record is of the tenant \"nosuch\"");
        assertThat(directory.toFile().list()).isEmpty();
    }

    @Test
    void the_sequence_is_written_though_the_image_has_none() throws Exception {
        NavigableMap<EntryKey, Entry> image = image("v003");
        image.remove(EntryKey.of("id.sequences", "generic-kv"));
        RestoreReport report = Imported.export(image, directory.resolve("out"), ExportOptions.DEFAULT);
        assertThat(written()).filteredOn(line -> line.contains("Sequences")).hasSize(1);
        assertThat(written().get(3)).contains("\"generic-kv\",\"value\":9");
        assertThat(report.notes()).anyMatch(note -> note.startsWith("Sequences was 0 and is written as 9"));
        assertThat(new Imported()
                        .add(Files.readAllBytes(directory.resolve("out")))
                        .findings())
                .isEmpty();
    }

    @Test
    void another_service_s_image_is_refused_and_strangers_are_named() {
        NavigableMap<EntryKey, Entry> other = new java.util.TreeMap<>();
        for (String key : List.of("1", "2")) {
            Entry entry = new Entry(EntryKey.of("catalog.table", key), Imported.bytes("x"), Imported.bytes(""));
            other.put(entry.entryKey(), entry);
        }
        Path out = directory.resolve("out");
        assertThatThrownBy(() -> Imported.export(other, out, ExportOptions.DEFAULT))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("the point is not of a Databend meta service")
                .hasMessageContaining("[catalog.table]");
        assertThat(directory.toFile().list()).isEmpty();
        NavigableMap<EntryKey, Entry> mixed = image("v003");
        mixed.putAll(other);
        RestoreReport report = Imported.export(mixed, out, ExportOptions.DEFAULT);
        assertThat(report.skipped()).isEqualTo(2);
        assertThat(report.notes())
                .contains("2 entries have no place in a Databend export and were left out: {catalog.table=2}");
    }

    @Test
    void log_lines_are_written_again_up_to_the_point() throws Exception {
        for (String name : List.of("v0", "v001", "v002", "v003", "v004")) {
            Imported imported = new Imported();
            long to = imported.add(Exports.own(name)).to();
            Path file = directory.resolve(name);
            Imported.export(
                    imported.at(to - 1),
                    file,
                    ExportOptions.DEFAULT.with(Ephemeral.KEPT).withLog(source(log(imported, 3))));
            List<String> lines = Files.readAllLines(file).stream()
                    .filter(line -> line.contains("LogEntry"))
                    .toList();
            assertThat(lines).hasSize((int) to - 3);
            assertThat(lines).noneMatch(line -> line.contains("{\"term\":1,\"index\""));
            assertThat(Files.readAllLines(file))
                    .anyMatch(line -> line.startsWith("[\"raft_log\",{\"Purged\"") && line.contains("\"index\":2"));
            Imported again = new Imported();
            assertThat(again.add(Files.readAllBytes(file)).to()).isEqualTo(to - 1);
            assertThat(Imported.records(again.latest())).isEqualTo(Imported.records(imported.at(to - 1)));
        }
    }

    @Test
    void log_lines_with_a_hole_are_refused() {
        Imported imported = new Imported();
        imported.add(Exports.own("v002"));
        List<String> log = log(imported, 0);
        log.remove(5);
        assertThatThrownBy(() -> Imported.export(
                        imported.latest(), directory.resolve("out"), ExportOptions.DEFAULT.withLog(source(log))))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("have index 6 where 5 was expected");
        assertThat(directory.toFile().list()).isEmpty();
    }

    @Test
    void one_tenant_comes_with_what_it_depends_on() throws Exception {
        StringBuilder export = new StringBuilder();
        for (String line : List.of(
                "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
                "[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":100}}]",
                "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":9}}}}]")) {
            export.append(line).append('\n');
        }
        java.util.TreeMap<String, String> records = new java.util.TreeMap<>();
        for (String tenant : List.of("a%2db", "other")) {
            int at = tenant.equals("other") ? 50 : 10;
            records.put("__fd_database/" + tenant + "/db", digits(at));
            records.put("__fd_db_id_list/" + tenant + "/db", "10,2," + at + "," + (at + 1) + ",160,6,19,168,6,1");
            records.put("__fd_database_by_id/" + at, "");
            records.put("__fd_database_by_id/" + (at + 1), "");
            records.put("__fd_database_id_to_name/" + at, "");
            records.put("__fd_table/" + at + "/t", digits(at + 2));
            records.put("__fd_table_id_list/" + (at + 1) + "/gone", "10,1," + (at + 3) + ",160,6,19,168,6,1");
            records.put("__fd_table_by_id/" + (at + 2), "");
            records.put("__fd_table_by_id/" + (at + 3), "");
            records.put("__fd_table_copied_files/" + (at + 2) + "/f", "");
            records.put("__fd_index/" + tenant + "/i", digits(at + 4));
            records.put("__fd_index_by_id/" + (at + 4), "");
            records.put("__fd_users/" + tenant + "/u", "");
            records.put("__fd_warehouses/v1/" + tenant + "/w", "");
        }
        records.put("__fd_id_gen/table_id", "");
        int seq = 1;
        for (var record : records.entrySet()) {
            export.append("[\"state_machine/0\",{\"GenericKV\":{\"key\":\"")
                    .append(record.getKey())
                    .append("\",\"value\":{\"seq\":")
                    .append(seq++)
                    .append(",\"meta\":{},\"data\":[")
                    .append(record.getValue())
                    .append("]}}}]\n");
        }
        Imported imported = new Imported();
        imported.add(export.toString());
        RestoreReport report =
                Imported.export(imported.latest(), directory.resolve("out"), ExportOptions.DEFAULT.withTenant("a-b"));
        assertThat(keys(written()))
                .containsExactlyElementsOf(records.keySet().stream()
                        .filter(key -> !key.contains("other") && !key.matches(".*/5\\d(/.*)?"))
                        .toList());
        assertThat(report.skipped()).isZero();
        assertThat(report.notes())
                .anyMatch(
                        note -> note.startsWith(
                                "14 records that neither are the tenant's nor are needed by it were left out: __fd_database 1, __fd_database_by_id 2,"));
        assertThat(written().get(3)).contains("100");
    }

    private static String digits(int number) {
        return ("" + number).chars().mapToObj(String::valueOf).collect(Collectors.joining(","));
    }
}
