package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final Imported imported = new Imported();

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
        Thread thread = new Thread(() -> {
            try (DatabendDirectorySource source =
                    new DatabendDirectorySource(directory + "/meta-*.ndjson", ImportOptions.DEFAULT, 20)) {
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
        Files.move(part, directory.resolve(name));
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
    void a_file_that_stays_broken_ends_the_capture() throws Exception {
        put("meta-1.ndjson", WHOLE.substring(0, WHOLE.length() - 5));
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        start(failure).join();
        assertThat(failure.get()).isInstanceOf(CorruptException.class).hasMessageContaining("breaks off");
        assertThat(imported.sink.commits()).isEmpty();
    }

    @Test
    void a_directory_alone_is_no_pattern() {
        assertThatThrownBy(() -> new DatabendDirectorySource("/backup/", ImportOptions.DEFAULT, 20))
                .isInstanceOf(UsageException.class);
    }
}
