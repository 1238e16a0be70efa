package io.metawal.connectors.risingwave.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdInputStream;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A sequence of deltas, with RisingWave's version after each; read step by step, as a long one is large. */
public final class Scenario {
    private static final String ENDING = ".jsonl.gz";

    private final Path file;

    Scenario(Path file) {
        this.file = file;
    }

    public String name() {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ENDING.length());
    }

    /** A line of the file. */
    public enum Kind {
        INIT,
        DELTA,
        RESTART,
        REFUSED,
        CANNOT_SPLIT
    }

    /**
     * One step.
     *
     * @param delta null where there is none: at the beginning, and where a meta node starts
     * @param after RisingWave's version after it; where it refuses the delta, the one before
     */
    public record Step(
            int number, Kind kind, String label, @Nullable HummockVersionDelta delta, HummockVersion after) {
        public HummockVersionDelta deltaOf() {
            return Objects.requireNonNull(delta, label);
        }
    }

    /** Takes one step after the other. */
    @FunctionalInterface
    public interface Visitor {
        void step(Step step) throws Exception;
    }

    public void forEach(Visitor visitor) throws Exception {
        Path messages = file.resolveSibling(name() + ".pbs.zst");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
                InputStream stream = Files.exists(messages)
                        ? new ZstdInputStream(Files.newInputStream(messages))
                        : InputStream.nullInputStream()) {
            HummockVersion version = HummockVersion.getDefaultInstance();
            if (Files.exists(messages)) {
                version = HummockVersion.parseDelimitedFrom(stream);
                visitor.step(new Step(0, Kind.INIT, "the version that it begins with", null, version));
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = RisingWaveVectors.json(line);
                Kind kind = Kind.valueOf(json.path("kind").asText().toUpperCase(java.util.Locale.ROOT));
                if (kind == Kind.CANNOT_SPLIT || kind == Kind.INIT && Files.exists(messages)) {
                    continue;
                }
                Step step =
                        Files.exists(messages) ? streamed(stream, json, kind, version) : inLine(json, kind, version);
                version = step.after();
                visitor.step(step);
            }
        }
    }

    private static Step streamed(InputStream stream, JsonNode json, Kind kind, HummockVersion before)
            throws IOException {
        HummockVersionDelta delta = kind == Kind.DELTA ? HummockVersionDelta.parseDelimitedFrom(stream) : null;
        HummockVersion after = kind == Kind.REFUSED ? before : HummockVersion.parseDelimitedFrom(stream);
        return new Step(json.path("n").asInt(), kind, json.path("label").asText(), delta, after);
    }

    private static Step inLine(JsonNode json, Kind kind, HummockVersion before) throws IOException {
        return new Step(
                json.path("n").asInt(),
                kind,
                json.path("label").asText(),
                json.has("delta_pb") ? HummockVersionDelta.parseFrom(bytes(json, "delta_pb")) : null,
                json.has("version_pb") ? HummockVersion.parseFrom(bytes(json, "version_pb")) : before);
    }

    private static byte[] bytes(JsonNode json, String member) {
        return Base64.getDecoder().decode(json.path(member).asText());
    }
}
