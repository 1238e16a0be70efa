package io.metawal.bench;

import io.metawal.metadata.commit.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/** What the figures were measured on, and when. */
record Machine(int cores, String processor, long memoryBytes, String java, Instant at) {
    static Machine here(Instant now) {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name", "unknown processor"),
                Long.parseLong(field("/proc/meminfo", "MemTotal", "0 kB").split(" ")[0]) << 10,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                now);
    }

    private static String field(String file, String name, String otherwise) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                    return line.substring(colon + 1).strip();
                }
            }
        } catch (IOException notLinux) {
            // Then it stays unknown.
        }
        return otherwise;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%d cores of %s, %.0f GiB, %s, %s",
                cores,
                processor,
                memoryBytes / (double) (1L << 30),
                java,
                Timestamps.print(Timestamps.micros(at)));
    }

    String markdown() {
        return String.format(
                Locale.ROOT,
                "| cores | processor | memory | JDK | date |%n| --- | --- | --- | --- | --- |%n| %d | %s | %.0f GiB | %s | %s |%n",
                cores,
                processor,
                memoryBytes / (double) (1L << 30),
                java,
                Timestamps.print(Timestamps.micros(at)).substring(0, 10));
    }
}
