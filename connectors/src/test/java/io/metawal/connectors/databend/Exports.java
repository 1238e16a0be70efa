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

    private static final List<String> SERVICES = List.of(
            "cluster3-leader-change-260304",
            "cluster3-no-snapshot-260304",
            "cluster3-small-260304",
            "fetchadd-1.2.763",
            "or-260304",
            "sql-accounts-1.2.895",
            "sql-catalog-1.2.895",
            "sql-one-node-260304");

    private Exports() {}

    /** Those of {@link #all}, one of a cluster that changed its leader, and where this machine has them what real services exported. */
    static Stream<Named<byte[]>> withServices() {
        List<Named<byte[]>> more = new ArrayList<>();
        more.add(Named.of("own leaders", own("leaders")));
        if (Files.isDirectory(real())) {
            SERVICES.forEach(name -> more.add(Named.of(name, service(name + ".ndjson"))));
        }
        return Stream.concat(all(), more.stream());
    }

    static boolean haveServices() {
        return Files.isDirectory(real());
    }

    /** A file of what real services exported, or listed. */
    static byte[] service(String name) {
        try {
            return Files.readAllBytes(real().resolve("real").resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

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
