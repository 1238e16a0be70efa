package io.metawal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

/** Runs some of the benchmarks at their smallest: each still measures something. How fast it was does not matter here. */
final class BenchRun {
    private BenchRun() {}

    static void measuresSomething(List<Benchmark> benchmarks, Path directory) throws Exception {
        // PostgreSQL, run as a user of its own, must come through it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Report report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Bench.run(benchmarks, new Setting(Scale.TINY, directory), report);
        assertThat(report.sections()).hasSameSizeAs(benchmarks);
        for (Report.Section section : report.sections()) {
            assertThat(section.rows()).as(section.benchmark().name()).isNotEmpty();
            assertThat(section.rows()).allSatisfy(row -> assertThat(row.value()).isPositive());
            assertThat(section.rows()).anySatisfy(row -> assertThat(row.ratio()).isPositive());
        }
        String page = report.markdown(Machine.here(Instant.EPOCH), Scale.TINY);
        assertThat(page).contains("| 1970-01-01 |", "## " + benchmarks.get(0).name());
        assertThat(directory).isEmptyDirectory();
    }
}
