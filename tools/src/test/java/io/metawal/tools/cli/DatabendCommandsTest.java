package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator of a Databend does, with an export written by hand: a state at log index 3, and two entries behind it. */
@Tag("process")
class DatabendCommandsTest {
    private static final List<String> EXPORT = List.of(
            "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
            "[\"raft_log\",{\"NodeId\":1}]",
            "[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"committed\":true}}]",
            "[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":5}}]",
            "[\"raft_log\",{\"Purged\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":3}}]",
            entry(4, put("__fd_database/t/other", 51)),
            entry(
                    5,
                    "{\"UpsertKV\":{\"key\":\"__fd_database/t/default\",\"seq\":\"Any\",\"value\":\"Delete\",\"value_meta\":null}}"),
            "[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":7}}]",
            "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,"
                    + "\"node_id\":1},\"index\":3}}}}]",
            "[\"state_machine/0\",{\"GenericKV\":{\"key\":\"__fd_database/t/default\",\"value\":{\"seq\":7,\"meta\":{},\"data\":[49]}}}]");

    @TempDir
    private Path directory;

    private static String entry(int index, String command) {
        return "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":" + index
                + "},\"payload\":{\"Normal\":{\"time_ms\":" + (1_700_000_000_000L + index) + ",\"cmd\":" + command
                + "}}}}]";
    }

    private static String put(String key, int value) {
        return "{\"UpsertKV\":{\"key\":\"" + key + "\",\"seq\":\"Any\",\"value\":{\"Update\":[" + value
                + "]},\"value_meta\":null}}";
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private Path export() throws IOException {
        return Files.write(directory.resolve("meta.ndjson"), EXPORT);
    }

    @Test
    void whatLiesBehindTheSnapshotIsReachedEntryByEntry() throws IOException {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Ran imported = metawal("import", "databend:" + export(), "--repo", repo());
        assertThat(imported.exit()).as(imported.out() + imported.err()).isZero();
        assertThat(metawal("history", "catalog.__fd_database/__fd_database/t/default", "--repo", repo())
                        .out())
                .contains("epoch 5")
                .contains("delete catalog.__fd_database/__fd_database/t/default");
        for (String point : List.of("epoch:3", "epoch:4", "latest")) {
            Path out = directory.resolve("out-" + point.replace(':', '-'));
            Ran restored = metawal("restore", "--to", point, "--into", "databend-export:" + out, "--repo", repo());
            assertThat(restored.exit()).as(restored.err()).isZero();
            String lines = Files.readString(out);
            assertThat(lines.contains("__fd_database/t/default")).isEqualTo(!point.equals("latest"));
            assertThat(lines.contains("__fd_database/t/other")).isEqualTo(!point.equals("epoch:3"));
            assertThat(lines).as("ids go on from the newest").contains("\"generic-kv\",\"value\":8");
        }
        Ran again = metawal("import", "databend:" + export(), "--repo", repo());
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("imported 0 commits");
    }

    @Test
    void aPipeIsTakenToo() throws Exception {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Path pipe = directory.resolve("pipe");
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        Thread writing = new Thread(() -> {
            try {
                Files.write(pipe, EXPORT);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writing.start();
        Ran imported = metawal("import", "databend:" + pipe, "--repo", repo());
        writing.join();
        assertThat(imported.exit()).as(imported.out() + imported.err()).isZero();
        assertThat(imported.out()).contains("imported 3 commits");
    }

    @Test
    void standardInputIsTakenTooAndBadInputIsNamed() {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        List<String> cut = EXPORT.subList(0, EXPORT.size() - 1);
        String bad =
                String.join("\n", cut) + "\n" + EXPORT.get(EXPORT.size() - 1).substring(0, 40);
        Ran refused = metawalReading(bad, "import", "databend:-", "--repo", repo());
        assertThat(refused.exit()).isEqualTo(5);
        assertThat(refused.err()).contains("line " + EXPORT.size());
        assertThat(metawal("show", "latest", "--repo", repo()).exit())
                .as("nothing was taken")
                .isEqualTo(3);
        Ran taken = metawalReading(String.join("\n", EXPORT) + "\n", "import", "databend:-", "--repo", repo());
        assertThat(taken.exit()).as(taken.err()).isZero();
    }

    @Test
    void aNewClusterIsWrittenForEachNode() throws IOException {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        assertThat(metawal("import", "databend:" + export(), "--repo", repo()).exit())
                .isZero();
        Path out = directory.resolve("new");
        Ran restored = metawal(
                "restore",
                "--to",
                "latest",
                "--into",
                "databend-export:" + out,
                "--initial-cluster",
                "4=a:28004",
                "--initial-cluster",
                "5=b:28004",
                "--repo",
                repo());
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(Files.readString(Path.of(out + ".4"))).contains("28004").contains("\"NodeId\":4");
        assertThat(Files.readString(Path.of(out + ".5"))).contains("\"NodeId\":5");
        assertThat(metawal(
                                "restore",
                                "--to",
                                "latest",
                                "--into",
                                "databend-export:" + out,
                                "--id",
                                "4",
                                "--repo",
                                repo())
                        .exit())
                .isEqualTo(2);
    }

    private void imported() throws IOException {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Ran ran = metawal("import", "databend:" + export(), "--repo", repo());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("export, up to log index 5, with a base at 3");
    }

    @Test
    void whatAppendBringsDoesNotMixWithAnImport() throws IOException {
        imported();
        String line = "{\"changes\":[{\"space\":\"catalog.table\",\"key\":\"1\",\"put\":\"x\"}]}";
        Ran appended = metawalReading(line + "\n", "append", "--repo", repo());
        assertThat(appended.exit()).as(appended.err()).isEqualTo(19);
        assertThat(appended.err()).contains("timeline 1 holds commits of \"databend\"");
        assertThat(metawal("import", "databend:" + export(), "--repo", repo()).exit())
                .as("its own kind goes on")
                .isZero();

        String other = directory.resolve("other").toString();
        assertThat(metawal("init", "--repo", other).exit()).isZero();
        assertThat(metawalReading(line + "\n", "append", "--repo", other).exit())
                .isZero();
        Ran import2 = metawal("import", "databend:" + export(), "--repo", other);
        assertThat(import2.exit()).as(import2.err()).isEqualTo(19);
        assertThat(import2.err()).contains("timeline 1 holds commits of \"append\"");
        assertThat(metawalReading(line + "\n", "append", "--repo", other).exit())
                .as("and append goes on where it was")
                .isZero();
        Ran restored = metawal(
                "restore", "--to", "latest", "--into", "databend-export:" + directory.resolve("x"), "--repo", other);
        assertThat(restored.exit()).isEqualTo(2);
        assertThat(restored.err()).contains("not of a Databend meta service");
        assertThat(directory.resolve("x")).doesNotExist();
    }

    /** A restore promises no such record, so that one that leaves it out is complete. */
    @Test
    void whatOnlyLastsWhileItIsRenewedIsCountedAndIsNoWarning() throws IOException {
        List<String> export = new java.util.ArrayList<>(EXPORT);
        export.add(
                export.size() - 1,
                "[\"state_machine/0\",{\"GenericKV\":{\"key\":\"__fd_clusters_v6/t/c/n\",\"value\":{\"seq\":6,\"meta\":{},"
                        + "\"data\":[50]}}}]");
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Ran taken = metawalReading(String.join("\n", export), "import", "databend:-", "--repo", repo());
        assertThat(taken.exit()).as(taken.err()).isZero();
        for (String how : List.of("--plan", "--progress=none")) {
            Ran restored = metawal(
                    "restore",
                    "--to",
                    "epoch:3",
                    "--into",
                    "databend-export:" + directory.resolve("out"),
                    "--repo",
                    repo(),
                    how);
            assertThat(restored.exit()).as(restored.err()).isZero();
            assertThat(restored.out())
                    .contains("left out 1 entries that only last while a running service renews them");
        }
    }

    @Test
    void aForkTakesItsOwnClustersExportAndNoOther() throws IOException {
        imported();
        Path out = directory.resolve("restored");
        Ran forked =
                metawal("restore", "--to", "epoch:4", "--into", "databend-export:" + out, "--fork", "--repo", repo());
        assertThat(forked.exit()).as(forked.err()).isZero();
        List<String> foreign = EXPORT.stream()
                .map(line -> line.replace("__fd_database/t/default", "__fd_database/t/foreign")
                        .replace("\"data\":[49]", "\"data\":[50]"))
                .toList();
        Ran refused = metawalReading(String.join("\n", foreign), "import", "databend:-", "--repo", repo());
        assertThat(refused.exit()).as(refused.out() + refused.err()).isEqualTo(19);
        Ran unasked = metawal("import", "databend:" + out, "--repo", repo());
        assertThat(unasked.exit()).as(unasked.out() + unasked.err()).isZero();
        assertThat(unasked.out()).as("timeline 1 has all of it").contains("imported 0 commits");
        assertThat(metawal("timeline", "show", "2", "--repo", repo()).out())
                .as("a fork into a file is never taken up unasked")
                .contains("ends at seq 2");
        Ran taken = metawal("import", "databend:" + out, "--timeline", "2", "--repo", repo());
        assertThat(taken.exit()).as(taken.out() + taken.err()).isZero();
        Ran shown = metawal("show", "latest", "catalog.__fd_database/__fd_database/t/default", "--repo", repo());
        assertThat(shown.out()).as(shown.err()).contains("1");
    }

    @Test
    void keysAreFoundByTheNamesThatAreShown() throws IOException {
        imported();
        assertThat(metawal("log", "--repo", repo()).out()).contains("(t/other)");
        Ran shown = metawal("show", "latest", "catalog.__fd_database/t/other", "--repo", repo());
        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(shown.out())
                .isEqualTo(metawal("show", "latest", "catalog.__fd_database/__fd_database/t/other", "--repo", repo())
                        .out());
        assertThat(metawal("history", "catalog.__fd_database/t/default", "--repo", repo())
                        .out())
                .isEqualTo(metawal("history", "catalog.__fd_database/__fd_database/t/default", "--repo", repo())
                        .out())
                .contains("delete catalog.__fd_database/__fd_database/t/default");
        assertThat(metawal("show", "latest", "catalog.__fd_database/t/nosuch", "--repo", repo())
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void aTenantThatNobodyHasIsNotFound() throws IOException {
        imported();
        Path out = directory.resolve("out");
        Ran none = metawal(
                "restore",
                "--to",
                "latest",
                "--into",
                "databend-export:" + out,
                "--tenant",
                "nosuch",
                "--repo",
                repo());
        assertThat(none.exit()).as(none.err()).isEqualTo(3);
        assertThat(none.err()).contains("no record is of the tenant \"nosuch\"");
        assertThat(out).doesNotExist();
    }

    @Test
    void logLinesAreWrittenForTheRestoredPoint() throws IOException {
        imported();
        Path out = directory.resolve("out");
        assertThat(metawal(
                                "restore",
                                "--to",
                                "latest",
                                "--into",
                                "databend-export:" + out,
                                "--with-log",
                                "--repo",
                                repo())
                        .exit())
                .isZero();
        assertThat(Files.readAllLines(out))
                .filteredOn(line -> line.contains("LogEntry"))
                .hasSize(2);
    }

    @Test
    void aDifferenceBesideTheValueIsShown() throws IOException {
        imported();
        List<String> again = new java.util.ArrayList<>(EXPORT.subList(0, 1));
        again.add("[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":6}}]");
        again.add(
                entry(
                        5,
                        "{\"UpsertKV\":{\"key\":\"__fd_database/t/default\",\"seq\":\"Any\",\"value\":\"Delete\",\"value_meta\":null}}"));
        again.add(entry(6, put("__fd_database/t/other", 51)));
        Ran more = metawalReading(String.join("\n", again), "import", "databend:-", "--repo", repo());
        assertThat(more.exit()).as(more.err()).isZero();
        assertThat(more.out()).contains("from log index 5 to 6");
        assertThat(metawal("diff", "epoch:5..epoch:6", "--repo", repo()).out())
                .contains("was 3, meta {\"meta\":null,\"seq\":8}")
                .contains("now 3, meta {\"meta\":null,\"seq\":9}");
    }

    @Test
    void aSequenceThatWasDroppedLaterComesBackNotBelowItsGreatestValue() throws IOException {
        String sequence = "__fd_sequence_storage/t/s";
        List<String> export = new java.util.ArrayList<>(EXPORT.subList(0, 3));
        export.add("[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":6}}]");
        export.add(entry(4, put(sequence, 49).replace("[49]", "[49,48,48]")));
        export.add(entry(5, put(sequence, 49).replace("[49]", "[49,48,48,48]")));
        export.add(entry(
                6,
                "{\"UpsertKV\":{\"key\":\"" + sequence
                        + "\",\"seq\":\"Any\",\"value\":\"Delete\",\"value_meta\":null}}"));
        export.addAll(EXPORT.subList(EXPORT.size() - 3, EXPORT.size()));
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Ran taken = metawalReading(String.join("\n", export), "import", "databend:-", "--repo", repo());
        assertThat(taken.exit()).as(taken.err()).isZero();
        Path out = directory.resolve("out");
        Ran restored = metawal("restore", "--to", "epoch:4", "--into", "databend-export:" + out, "--repo", repo());
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(Files.readAllLines(out))
                .anyMatch(line -> line.contains(sequence) && line.contains("\"data\":[49,48,48,48]"))
                .anyMatch(line -> line.contains("\"generic-kv\",\"value\":9"));
    }
}
