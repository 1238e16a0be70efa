package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/**
 * Exports to test with: our own, one of each version, and real ones where this machine has them: under {@code ../shared} beside the
 * source tree, or where {@code METAWAL_SHARED} says. {@code METAWAL_REQUIRE_FIXTURES=1} makes their absence a failure.
 */
final class Exports {
    private static final List<String> OURS = List.of("v0", "v001", "v002", "v003", "v004");
    private static final List<String> REAL =
            List.of("headerless_2022-05", "meta_v002", "meta_v003", "meta_v004", "want_exported_v004");

    private Exports() {}

    static Stream<Named<byte[]>> all() {
        List<Named<byte[]>> all = new ArrayList<>();
        OURS.forEach(name -> all.add(Named.of("own " + name, own(name))));
        Path directory = real();
        if (!Files.isDirectory(directory)) {
            assertThat(System.getenv("METAWAL_REQUIRE_FIXTURES"))
                    .as("real exports are not in " + directory)
                    .isNotEqualTo("1");
            return all.stream();
        }
        for (String name : REAL) {
            try {
                all.add(Named.of(name, Files.readAllBytes(directory.resolve(name + ".ndjson"))));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return all.stream();
    }

    private static Path real() {
        String shared = System.getenv("METAWAL_SHARED");
        Path base = shared == null
                ? Path.of(System.getProperty("metawal.root", "..")).resolveSibling("shared")
                : Path.of(shared);
        return base.resolve("fixtures").resolve("databend");
    }

    static byte[] own(String name) {
        try (InputStream in = Exports.class.getResourceAsStream("/databend/" + name + ".ndjson")) {
            return java.util.Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
