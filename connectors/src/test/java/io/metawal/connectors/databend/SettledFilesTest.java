package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettledFilesTest {
    private static final Path FILE = Path.of("a");

    private final SettledFiles files = new SettledFiles(100);

    private static Map<Path, SettledFiles.Stamp> of(long size) {
        return Map.of(FILE, stamp(size));
    }

    private static SettledFiles.Stamp stamp(long size) {
        return new SettledFiles.Stamp(size, FileTime.fromMillis(1));
    }

    @Test
    void a_file_is_ready_once_it_has_rested() {
        assertThat(files.look(of(1), 0)).isEmpty();
        assertThat(files.look(of(1), 99)).isEmpty();
        assertThat(files.look(of(2), 100)).isEmpty();
        assertThat(files.look(of(2), 199)).isEmpty();
        assertThat(files.look(of(2), 200)).isEqualTo(of(2));
        files.done(FILE, stamp(2));
        assertThat(files.look(of(2), 900)).isEmpty();
        assertThat(files.look(of(3), 901)).isEmpty();
        assertThat(files.look(of(3), 1001)).isEqualTo(of(3));
    }

    @Test
    void a_doubtful_one_is_told_of_and_looked_at_once_a_minute_or_when_it_changed() {
        long minute = SettledFiles.DOUBT_NANOS;
        assertThat(files.look(of(1), 0)).isEmpty();
        assertThat(files.look(of(1), 100)).isNotEmpty();
        assertThat(files.doubt(FILE, stamp(1), 100)).isTrue();
        assertThat(files.doubtful()).isEqualTo(1);
        assertThat(files.look(of(1), 1000)).isEmpty();
        assertThat(files.look(of(2), 1001)).isEmpty();
        assertThat(files.look(of(2), 1101)).isNotEmpty();
        assertThat(files.doubt(FILE, stamp(2), 1101)).as("told a moment ago").isFalse();
        assertThat(files.look(of(2), minute + 1100)).isEmpty();
        assertThat(files.look(of(2), minute + 1101)).isNotEmpty();
        assertThat(files.doubt(FILE, stamp(2), minute + 1101)).isTrue();
        assertThat(files.look(Map.of(), minute + 1102)).isEmpty();
        assertThat(files.doubtful()).isZero();
    }
}
