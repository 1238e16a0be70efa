package io.metawal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark still runs and measures something; how fast it was is nobody's business here. */
@Tag("slow")
class BenchTest {
    @TempDir
    Path directory;

    @Test
    void every_benchmark_measures_something() throws Exception {
        // PostgreSQL, run as a user of its own, must come through it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Report report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Bench.run(Bench.ALL, new Setting(Scale.TINY, directory), report);
        assertThat(report.sections()).hasSameSizeAs(Bench.ALL);
        for (Report.Section section : report.sections()) {
            assertThat(section.rows()).as(section.benchmark().name()).isNotEmpty();
            assertThat(section.rows()).allSatisfy(row -> assertThat(row.value()).isPositive());
            assertThat(section.rows()).anySatisfy(row -> assertThat(row.ratio()).isPositive());
        }
        String page = report.markdown(Machine.here(Instant.EPOCH), Scale.TINY);
        assertThat(page).contains("| 1970-01-01 |", "## append-buffered", "## restore-point");
        assertThat(directory).isEmptyDirectory();
    }
}
