package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Files that RisingWave's own code wrote, where this machine has them: under {@code ../shared} beside the source tree, or where
 * {@code METAWAL_SHARED} says. {@code METAWAL_REQUIRE_FIXTURES=1} makes their absence a failure. A folder is named after its release.
 */
public final class RisingWaveVectors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern RELEASE = Pattern.compile("v(\\d+)\\.(\\d+)\\..*");

    /** The first migration of each minor release, for folders that have no snapshot with the release's own list. */
    private static final TreeMap<Integer, String> FIRST_MIGRATIONS = new TreeMap<>(Map.ofEntries(
            Map.entry(201, "m20240820_081248_add_time_travel_per_table_epoch"),
            Map.entry(202, "m20241001_013810_webhook_source"),
            Map.entry(203, "m20241202_071413_resource_group"),
            Map.entry(204, "m20250325_061743_exactly_once_iceberg_sink_metadata"),
            Map.entry(205, "m20250509_102041_remove_dispatcher"),
            Map.entry(206, "m20250702_062029_cdc_table_snapshot_splits"),
            Map.entry(207, "m20250905_144810_deprecate_table_incoming_sinks"),
            Map.entry(208, "m20251112_114514_streaming_job_config_override"),
            Map.entry(300, "m20251223_064450_table_change_log"),
            Map.entry(301, "m20260519_000000_streaming_job_batch_refresh_seconds")));

    private RisingWaveVectors() {}

    /** The folders of releases that have this folder; none where this machine has no vectors. */
    public static List<Path> releases(String kind) {
        Path base = base();
        if (!Files.isDirectory(base)) {
            assertThat(System.getenv("METAWAL_REQUIRE_FIXTURES"))
                    .as("RisingWave's vectors are not in " + base)
                    .isNotEqualTo("1");
            return List.of();
        }
        return sorted(base).stream()
                .filter(release -> Files.isDirectory(release.resolve(kind)))
                .filter(release -> !release.getFileName().toString().equals("gc"))
                .toList();
    }

    private static Path base() {
        String shared = System.getenv("METAWAL_SHARED");
        Path folder = shared == null
                ? Path.of(System.getProperty("metawal.root", ".."))
                        .toAbsolutePath()
                        .resolveSibling("shared")
                : Path.of(shared);
        return folder.resolve("fixtures").resolve("risingwave");
    }

    /** What is in a folder, by name. */
    public static List<Path> sorted(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The scenarios of a release, short and long. */
    public static List<Scenario> scenarios(Path release) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : sorted(release.resolve("deltas"))) {
            if (file.getFileName().toString().endsWith(".jsonl.gz")) {
                scenarios.add(new Scenario(file));
            }
        }
        return scenarios;
    }

    /** The names of the migrations that the release has run. */
    public static List<String> migrations(Path release) {
        Path rows = release.resolve("snapshots-v2").resolve("41.rows.json.gz");
        if (Files.exists(rows)) {
            List<String> names = new ArrayList<>();
            try (InputStream in = new GZIPInputStream(Files.newInputStream(rows))) {
                for (JsonNode row : JSON.readTree(in).path("seaql_migrations")) {
                    names.add(row.path("version").asText());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return names;
        }
        Matcher name = RELEASE.matcher(release.getFileName().toString());
        assertThat(name.matches())
                .as("a folder named after its release: %s", release)
                .isTrue();
        int minor = Integer.parseInt(name.group(1)) * 100 + Integer.parseInt(name.group(2));
        return List.copyOf(FIRST_MIGRATIONS.headMap(minor, true).values());
    }

    static JsonNode json(String line) throws IOException {
        return JSON.readTree(line);
    }
}
