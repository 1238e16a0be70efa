package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabendDirectorySourceTest {
    private static final String WHOLE = new String(Exports.own("v004"), StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private static final DatabendDirectorySource.Pace PACE = new DatabendDirectorySource.Pace(20, 400);

    private final Imported imported = new Imported();
    private final AtomicReference<@Nullable DatabendDirectorySource> running = new AtomicReference<>();

    /** The export with no log behind {@code committed}. */
    private static String upTo(int committed) {
        StringBuilder export = new StringBuilder();
        for (String line : WHOLE.lines().toList()) {
            boolean behind = line.contains("\"LogEntry\"")
                    && Integer.parseInt(line.replaceAll(".*?\"index\":(\\d+).*", "$1")) > committed;
            if (!behind) {
                export.append(
                                line.contains("\"Committed\"")
                                        ? line.replace("\"index\":12", "\"index\":" + committed)
                                        : line)
                        .append('\n');
            }
        }
        return export.toString();
    }

    private Thread start(AtomicReference<@Nullable Throwable> failure) {
        return start(failure, PACE);
    }

    private Thread start(AtomicReference<@Nullable Throwable> failure, DatabendDirectorySource.Pace pace) {
        Thread thread = new Thread(() -> {
            try (DatabendDirectorySource source =
                    new DatabendDirectorySource(directory + "/meta-*.ndjson", ImportOptions.DEFAULT, pace)) {
                running.set(source);
                source.capture(imported.sink.resumeAt(), imported.sink);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.start();
        return thread;
    }

    private void put(String name, String export) throws Exception {
        Path part = Files.writeString(directory.resolve("part"), export);
        Files.move(part, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void files_are_imported_in_the_order_of_what_they_reach_and_as_they_come() throws Exception {
        put("meta-1.ndjson", upTo(11));
        put("meta-2.ndjson", upTo(10));
        put("other.ndjson", "no export");
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = start(failure);
        imported.sink.awaitEpoch(11);
        put("meta-0.ndjson", upTo(12));
        imported.sink.awaitEpoch(12);
        thread.interrupt();
        thread.join();
        assertThat(failure.get()).isNull();
        Imported atOnce = new Imported();
        atOnce.add(upTo(10));
        atOnce.add(upTo(11));
        atOnce.add(upTo(12));
        assertThat(imported.sink.commits().stream()
                        .map(commit -> commit.header().chain())
                        .toList())
                .isEqualTo(atOnce.sink.commits().stream()
                        .map(commit -> commit.header().chain())
                        .toList());
    }

    @Test
    void a_file_that_stays_broken_is_left_and_the_others_are_gone_on_with() throws Exception {
        put("meta-0.ndjson", WHOLE.substring(0, WHOLE.length() - 5));
        put("meta-1.ndjson", "no export");
        put("meta-2.ndjson", upTo(11));
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = start(failure);
        imported.sink.awaitEpoch(11);
        assertThat(doubtful()).isEqualTo(2);
        put("meta-0.ndjson", WHOLE);
        imported.sink.awaitEpoch(12);
        Files.delete(directory.resolve("meta-1.ndjson"));
        while (doubtful() > 0) {
            Thread.onSpinWait();
        }
        thread.interrupt();
        thread.join();
        assertThat(failure.get()).isNull();
        Imported atOnce = new Imported();
        atOnce.add(WHOLE);
        assertThat(imported.latest()).isEqualTo(atOnce.latest());
    }

    @Test
    void a_file_is_not_taken_while_it_is_written() throws Exception {
        Path file = directory.resolve("meta-1.ndjson");
        List<String> lines = WHOLE.lines().toList();
        // Sound, and all that is missing at its end is what nothing else tells of.
        Files.write(file, lines.subList(0, lines.size() - 1));
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = start(failure, new DatabendDirectorySource.Pace(20, 2_000));
        thread.join(300);
        assertThat(doubtful()).as("not looked into yet").isZero();
        Files.write(file, lines.subList(lines.size() - 1, lines.size()), StandardOpenOption.APPEND);
        imported.sink.awaitEpoch(12);
        thread.interrupt();
        thread.join();
        assertThat(failure.get()).isNull();
        Imported atOnce = new Imported();
        atOnce.add(WHOLE);
        assertThat(imported.sink.commits()).hasSameSizeAs(atOnce.sink.commits());
    }

    private double doubtful() {
        return java.util.Objects.requireNonNull(running.get()).gauges().getOrDefault("doubtful_files", -1.0);
    }

    @Test
    void a_directory_alone_is_no_pattern() {
        assertThatThrownBy(() -> new DatabendDirectorySource("/backup/", ImportOptions.DEFAULT, PACE))
                .isInstanceOf(UsageException.class);
    }
}
