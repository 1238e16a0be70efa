package io.metawal.wal.chronicle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;

/**
 * Chronicle's roll files as ours: it rolls by time, so we give it a clock of our own that ticks when a file is full. Cycle n is
 * the file of minute n since 1970.
 */
final class Cycles {
    static final RollCycle ROLL = LegacyRollCycles.MINUTELY;
    private static final String SUFFIX = ".cq4";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Cycles() {}

    /** What the clock says for a cycle to be the current one. */
    static long millis(int cycle) {
        return TimeUnit.MINUTES.toMillis(cycle);
    }

    static Path file(Path directory, int cycle) {
        return directory.resolve(NAME.format(java.time.Instant.ofEpochMilli(millis(cycle))) + SUFFIX);
    }

    /** The roll files of a directory by their cycles, in order. */
    static NavigableMap<Integer, Path> list(Path directory) throws IOException {
        TreeMap<Integer, Path> files = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return files;
        }
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> found =
                    all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
            for (Path file : found) {
                String name = file.getFileName().toString();
                LocalDateTime minute = LocalDateTime.parse(name.substring(0, name.length() - SUFFIX.length()), NAME);
                files.put((int) TimeUnit.SECONDS.toMinutes(minute.toEpochSecond(ZoneOffset.UTC)), file);
            }
        }
        return files;
    }
}
