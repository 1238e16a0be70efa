package io.metawal.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreOpenerTest {
    @TempDir
    private Path root;

    private static ObjectStore open(String url, IfAbsent ifAbsent) {
        return ObjectStoreOpener.open(url, ifAbsent, InstantSource.system());
    }

    @Test
    void aPathIsADirectoryInEveryForm() {
        for (String url :
                List.of("file:" + root, "file://" + root, root.toString(), root + "/../" + root.getFileName())) {
            assertThat(open(url, IfAbsent.REFUSE).describe()).isEqualTo("file:" + root);
        }
    }

    @Test
    void onlyInitMakesADirectory() {
        Path deep = root.resolve("a/b");
        assertThatThrownBy(() -> open("file:" + deep, IfAbsent.REFUSE))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining(deep + " is not there: mount it");
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(open("file:" + deep, IfAbsent.CREATE).list("", "", 1)).isEmpty();
        assertThat(deep).isDirectory();
    }

    @Test
    void aFileIsNoStore() throws IOException {
        Path file = Files.createFile(root.resolve("f"));
        assertThatThrownBy(() -> open(file.toString(), IfAbsent.CREATE))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("is no directory");
        assertThatThrownBy(() -> open(file + "/below", IfAbsent.CREATE)).isInstanceOf(UnreachableException.class);
    }

    @Test
    void otherSchemesAreNamed() {
        assertThatThrownBy(() -> open("gs://bucket/x", IfAbsent.REFUSE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("unknown scheme gs: expected file:/path");
        assertThatThrownBy(() -> open("file://host/x", IfAbsent.REFUSE)).hasMessageContaining("names a host");
        assertThatThrownBy(() -> open("file:", IfAbsent.REFUSE)).hasMessageContaining("names no directory");
    }
}
