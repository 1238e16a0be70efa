package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilledDirectoryTest {
    @TempDir
    Path parent;

    private final AtomicInteger fills = new AtomicInteger();

    private Path filled(String from) {
        return FilledDirectory.of(parent, "words", from, data -> {
            Files.createDirectory(data);
            Files.writeString(data.resolve("one"), "1 " + from);
            Files.writeString(data.resolve("two"), "2 " + from);
            fills.incrementAndGet();
        });
    }

    private Path home() {
        return Objects.requireNonNull(filled("a").getParent());
    }

    @Test
    void itIsFilledOnceForWhatItIsMadeFrom() throws IOException {
        Path first = filled("a");
        assertThat(filled("a")).isEqualTo(first);
        assertThat(fills).hasValue(1);
        assertThat(filled("b")).isNotEqualTo(first);
        assertThat(first.resolve("one")).hasContent("1 a");
        assertThat(fills).hasValue(2);
    }

    /** As one that an older version of this code left, or that somebody cleaned up. */
    @Test
    void oneThatIsNotCompleteIsFilledAgain() throws IOException {
        Path home = home();
        FilledDirectory.forget();
        assertThat(home()).isEqualTo(home);
        assertThat(fills).hasValue(1);

        Files.delete(home.resolve("data/two"));
        FilledDirectory.forget();
        assertThat(filled("a").resolve("two")).hasContent("2 a");
        assertThat(fills).hasValue(2);

        Files.delete(home.resolve("complete"));
        FilledDirectory.forget();
        assertThat(filled("a").resolve("two")).hasContent("2 a");
        assertThat(fills).hasValue(3);
        assertOnly(home);
    }

    @Test
    void nothingIsLeftOfAFillThatFails() throws IOException {
        assertThatThrownBy(() -> FilledDirectory.of(parent, "words", "a", data -> {
                    Files.createDirectory(data);
                    throw new IllegalStateException("the disk is full");
                }))
                .hasMessageContaining("the disk is full");
        assertThat(parent).isEmptyDirectory();
        assertOnly(home());
    }

    private void assertOnly(Path home) throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            assertThat(all).containsExactly(home);
        }
    }
}
