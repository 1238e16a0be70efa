package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that are stopped, killed, or given an output that takes nothing: the exit code is one of the list, one line
 * says why, and no temporary file is left.
 */
@Tag("process")
@TestMethodOrder(MethodOrderer.MethodName.class)
class CleanEndTest {
    private static final int COMMITS = 40;
    private static final String LINE = "{\"changes\":[{\"space\":\"kv\",\"key\":\"k%d\",\"put\":\"%s\"}]}%n";

    @TempDir
    static Path directory;

    private static Path repository;
    private static Path input;

    /** What came of a process. */
    private record Ended(int exit, String out, String err) {}

    @BeforeAll
    static void fillARepository() throws Exception {
        repository = directory.resolve("repository");
        input = directory.resolve("input.ndjson");
        StringBuilder lines = new StringBuilder();
        for (int n = 0; n < COMMITS; n++) {
            lines.append(String.format(LINE, n, "v".repeat(20_000)));
        }
        Files.writeString(input, lines);
        assertThat(run(Redirect.PIPE, List.of(), "init", "--repo", repository.toString(), "--cluster", "c")
                        .exit())
                .isZero();
        assertThat(run(Redirect.PIPE, List.of(), "append", "--repo", repository.toString(), input.toString())
                        .exit())
                .isZero();
    }

    private static Path temporary() throws IOException {
        return Files.createDirectories(directory.resolve("tmp"));
    }

    private static Process start(Redirect in, Redirect out, Path err, List<String> jvm, String... words)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("-Djava.io.tmpdir=" + temporary()));
        all.addAll(jvm);
        return new ProcessBuilder(MetawalProcess.command(all, words))
                .redirectInput(in)
                .redirectOutput(out)
                .redirectError(err.toFile())
                .start();
    }

    private static Ended run(Redirect out, List<String> jvm, String... words) throws Exception {
        Path err = Files.createTempFile(directory, "err", "");
        Process process = start(Redirect.PIPE, out, err, jvm, words);
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed, Files.readString(err));
    }

    private static void assertOneLine(String err, String... words) {
        assertThat(err.lines()).as(err).hasSize(1);
        assertThat(err).startsWith("metawal: ").contains(words).doesNotContain("metawal itself");
    }

    /** Chronicle makes an empty folder of a fixed name there. */
    private static List<String> leftIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("target") && !name.startsWith("hsperfdata"))
                    .toList();
        }
    }

    private static void await(Process process, Path err, BooleanSupplier condition) throws Exception {
        for (int n = 0; n < 600 && !condition.getAsBoolean(); n++) {
            assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
            LockSupport.parkNanos(50_000_000L);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static int end(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aFullOutputEndsEveryVerbThatPrintsWith14() throws Exception {
        Redirect full = Redirect.to(Path.of("/dev/full").toFile());
        String repo = repository.toString();
        List<String[]> verbs = List.of(
                new String[] {"log", "--repo", repo, "-o", "json"},
                new String[] {"append", "--repo", repo, input.toString()},
                new String[] {"restore", "--repo", repo, "--to", "seq:3", "--into", "ndjson:-"},
                new String[] {"--help"},
                new String[] {"restore", "--help"});
        for (String[] verb : verbs) {
            Ended ended = run(full, List.of(), verb);
            assertThat(ended.exit())
                    .as(String.join(" ", verb) + ": " + ended.err())
                    .isEqualTo(14);
            assertOneLine(ended.err(), "No space left on device");
        }
        assertThat(leftIn(temporary())).isEmpty();
    }

    @Test
    void aReaderThatLeavesEndsAFollowedLogThatHasNothingMoreToPrint() throws Exception {
        Path err = directory.resolve("follow.err");
        Process process = start(
                Redirect.PIPE,
                Redirect.PIPE,
                err,
                List.of(),
                "log",
                "--repo",
                repository.toString(),
                "--follow",
                "seq:1..");
        process.inputReader().readLine();
        process.getInputStream().close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(14);
        assertOneLine(Files.readString(err), "standard output");
    }

    @Test
    void signalsEndARestoreAndAnAppendWith130AndLeaveNothing() throws Exception {
        Path target = Files.createDirectories(directory.resolve("stopped"));
        Path pipe = directory.resolve("pipe");
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        Path err = directory.resolve("stopped.err");
        // Nobody reads the pipe: the restore waits there, with everything that it has on disk by then.
        Process restore = start(
                Redirect.PIPE,
                Redirect.DISCARD,
                err,
                List.of(),
                "restore",
                "--repo",
                repository.toString(),
                "--to",
                "latest",
                "--into",
                "ndjson:" + pipe);
        await(restore, err, () -> {
            try {
                return leftIn(temporary()).stream().anyMatch(name -> name.startsWith("metawal-restore-"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(end(restore, "TERM")).isEqualTo(130);
        assertOneLine(Files.readString(err), "interrupted");
        assertThat(leftIn(temporary())).isEmpty();
        assertThat(leftIn(target)).isEmpty();

        Process append = start(Redirect.PIPE, Redirect.PIPE, err, List.of(), "append", "--repo", repository.toString());
        append.getOutputStream().write(String.format(LINE, 1, "v").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        append.getOutputStream().flush();
        assertThat(append.inputReader().readLine()).contains("\"seq\":");
        assertThat(end(append, "TERM")).as(Files.readString(err)).isEqualTo(130);
        assertOneLine(Files.readString(err), "interrupted");
        assertThat(leftIn(temporary())).isEmpty();
    }

    @Test
    void aDaemonThatIsStoppedWhileItStartsEndsWithoutAnErrorOfItsOwn() throws Exception {
        Path database = directory.resolve("started.db");
        try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = made.createStatement()) {
            statement.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
        }
        String repo = directory.resolve("started").toString();
        assertThat(run(Redirect.PIPE, List.of(), "init", "--repo", repo, "--cluster", "c")
                        .exit())
                .isZero();
        for (int millis = 300; millis <= 1_800; millis += 300) {
            Path err = directory.resolve("started-" + millis + ".err");
            Process daemon = start(
                    Redirect.PIPE,
                    Redirect.DISCARD,
                    err,
                    List.of(),
                    "run",
                    "--repo",
                    repo,
                    "--source",
                    "sqlite:" + database,
                    "--http",
                    "none");
            LockSupport.parkNanos(millis * 1_000_000L);
            // Before the first line of ours it is the JVM that ends, with 143.
            assertThat(end(daemon, "TERM")).as(Files.readString(err)).isIn(0, 130, 143);
            assertThat(Files.readString(err)).doesNotContain("metawal itself", "Exception", "noexec");
            assertThat(leftIn(temporary())).isEmpty();
        }
    }

    @Test
    void whatAKilledProcessLeavesIsDeletedByTheNextAndWhatALivingOneHasIsNot() throws Exception {
        Path pipe = directory.resolve("pipe2");
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        Path err = directory.resolve("killed.err");
        List<Process> both = new ArrayList<>();
        try {
            for (int n = 0; n < 2; n++) {
                Process process = start(
                        Redirect.PIPE,
                        Redirect.DISCARD,
                        err,
                        List.of(),
                        "restore",
                        "--repo",
                        repository.toString(),
                        "--to",
                        "latest",
                        "--into",
                        "ndjson:" + pipe);
                both.add(process);
                int expected = n + 1;
                await(process, err, () -> restores() == expected);
            }
            both.get(0).destroyForcibly().waitFor();
            assertThat(restores()).isEqualTo(2);
            assertThat(run(Redirect.PIPE, List.of(), "info", "--repo", repository.toString())
                            .exit())
                    .isZero();
            assertThat(restores()).as("the living one's is there").isEqualTo(1);
            assertThat(leftIn(temporary()).stream().filter(name -> name.startsWith("metawal-native-")))
                    .hasSize(1);
        } finally {
            both.forEach(Process::destroyForcibly);
        }
    }

    /** Every library that metawal unpacks is in its own folder, which the next process deletes. */
    @Test
    void aKilledProcessLeavesNoLibraryElsewhere() throws Exception {
        Path err = directory.resolve("append.err");
        Process append = start(Redirect.PIPE, Redirect.PIPE, err, List.of(), "append", "--repo", repository.toString());
        append.getOutputStream().write(String.format(LINE, 1, "v").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        append.getOutputStream().flush();
        assertThat(append.inputReader().readLine()).contains("\"seq\":");
        append.destroyForcibly().waitFor();
        assertThat(leftIn(temporary())).isNotEmpty().allMatch(name -> name.startsWith("metawal-"));
        assertThat(run(Redirect.PIPE, List.of(), "info", "--repo", repository.toString())
                        .exit())
                .isZero();
        assertThat(leftIn(temporary())).isEmpty();
    }

    private static long restores() {
        try {
            return leftIn(temporary()).stream()
                    .filter(name -> name.startsWith("metawal-restore-"))
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPipeIsAFileThatIsReadToItsEnd() throws Exception {
        Path err = directory.resolve("fifo.err");
        Path pipe = directory.resolve("pipe3");
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        Process append = start(
                Redirect.PIPE,
                Redirect.PIPE,
                err,
                List.of(),
                "append",
                "--repo",
                repository.toString(),
                pipe.toString());
        Files.write(pipe, Files.readAllBytes(input));
        assertThat(append.inputReader().lines()).hasSize(COMMITS);
        assertThat(append.waitFor()).as(Files.readString(err)).isZero();
        Process other = start(
                Redirect.from(input.toFile()),
                Redirect.PIPE,
                err,
                List.of(),
                "append",
                "--repo",
                repository.toString(),
                "/dev/stdin");
        assertThat(other.inputReader().lines()).hasSize(COMMITS);
        assertThat(other.waitFor()).as(Files.readString(err)).isZero();
    }

    /** Runs a test on a file system of its own; where that may not be mounted, says so. */
    private static void mounted(String options, java.util.concurrent.Callable<Void> test) throws Exception {
        Path place = Files.createDirectories(directory.resolve("mounted"));
        List<String> mount = List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
        if (new ProcessBuilder(mount).redirectErrorStream(true).start().waitFor() != 0) {
            System.out.println("not tried, since no file system can be mounted here: tmpfs with " + options);
            return;
        }
        try {
            test.call();
            assertThat(leftIn(place)).isEmpty();
        } finally {
            new ProcessBuilder("umount", place.toString()).start().waitFor();
        }
    }

    @Test
    void aFullFileSystemIsReportedByThePlanAndByTheRun() throws Exception {
        Path place = directory.resolve("mounted");
        mounted("size=600k", () -> {
            Path file = place.resolve("image.ndjson");
            for (String more : new String[] {"--progress=none", "--plan"}) {
                Ended full = run(
                        Redirect.PIPE,
                        List.of(),
                        "restore",
                        "--repo",
                        repository.toString(),
                        "--to",
                        "seq:40",
                        "--into",
                        "ndjson:" + file,
                        more);
                assertThat(full.exit()).as(full.err()).isEqualTo(13);
                assertOneLine(full.err(), "cannot write " + file);
            }
            Ended temporary =
                    run(Redirect.PIPE, List.of("-Djava.io.tmpdir=" + place), "info", "--repo", repository.toString());
            assertThat(temporary.exit()).as(temporary.err()).isEqualTo(13);
            assertOneLine(temporary.err(), place.toString(), "METAWAL_JAVA_OPTS=-Djava.io.tmpdir=DIR");
            return null;
        });
    }

    @Test
    void aTemporaryDirectoryThatRunsNothingIsReported() throws Exception {
        Path place = directory.resolve("mounted");
        mounted("size=100m,noexec", () -> {
            for (List<String> words : List.of(
                    List.of("info"),
                    List.of("restore", "--to", "latest", "--into", "rocksdb:" + directory.resolve("rocks")))) {
                List<String> all = new ArrayList<>(words);
                all.addAll(List.of("--repo", repository.toString()));
                Ended ended = run(Redirect.PIPE, List.of("-Djava.io.tmpdir=" + place), all.toArray(String[]::new));
                assertThat(ended.exit()).as(ended.err()).isEqualTo(12);
                assertOneLine(ended.err(), place.toString(), "noexec");
            }
            return null;
        });
    }

    @Test
    void restoredFilesAreForTheirOwnerAlone() throws Exception {
        Path file = directory.resolve("restored.ndjson");
        Ended ended = run(
                Redirect.PIPE,
                List.of(),
                "restore",
                "--repo",
                repository.toString(),
                "--to",
                "seq:2",
                "--into",
                "ndjson:" + file);
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory).sorted(Comparator.naturalOrder())) {
            assertThat(files.map(path -> String.valueOf(path.getFileName())))
                    .noneMatch(name -> name.startsWith(".metawal-part-"));
        }
    }
}
