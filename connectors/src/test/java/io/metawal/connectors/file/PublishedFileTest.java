package io.metawal.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.files.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file comes into its place complete, on file systems with hard links and without, and replaces nothing. */
class PublishedFileTest {
    @TempDir
    Path directory;

    private static void publish(Path file, String text) {
        try (PublishedFile out = new PublishedFile(file)) {
            out.line(text);
            out.verify();
            out.publish();
        }
    }

    private void publishes(Path folder) throws IOException {
        publish(folder.resolve("out"), "hello");
        assertThat(directory.resolve("out")).hasContent("hello");
        assertThat(FaultMatrix.names(directory)).containsExactly("out");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("out"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> publish(folder.resolve("out"), "other"))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
        assertThat(directory.resolve("out")).hasContent("hello");
        assertThat(FaultMatrix.names(directory)).containsExactly("out");
    }

    @Test
    void withLinks() throws IOException {
        publishes(directory);
    }

    @Test
    void withoutLinks() throws IOException {
        publishes(FaultyFiles.withoutLinks(directory).directory());
    }

    @Test
    void nothingIsLeftOfOneThatIsNotPublished() {
        try (PublishedFile out = new PublishedFile(directory.resolve("out"))) {
            out.line("hello");
            out.verify();
        }
        assertThat(directory).isEmptyDirectory();
    }
}
