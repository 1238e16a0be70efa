package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.pbjson.JsonMessages;
import io.metawal.connectors.risingwave.pbjson.JsonWriting;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Checkpoints that RisingWave wrote, in every form and compression, are what its JSON of them says; what is written again is read as the same. */
class CheckpointVectorsTest {
    @TestFactory
    Stream<DynamicTest> everyFormOfACheckpointIsRead() {
        return RisingWaveVectors.releases("checkpoints").stream()
                .flatMap(release -> RisingWaveVectors.sorted(release.resolve("checkpoints")).stream()
                        .filter(file -> !file.toString().endsWith(".json"))
                        .map(file -> DynamicTest.dynamicTest(
                                release.getFileName() + " " + file.getFileName(), () -> read(file))));
    }

    private static void read(Path file) throws IOException {
        String name = file.getFileName().toString();
        HummockVersionCheckpoint expected =
                json(Files.readAllBytes(file.resolveSibling(name.substring(0, name.indexOf('.')) + ".json")));
        HummockVersionCheckpoint found = CheckpointCodec.decode(Files.readAllBytes(file), name);
        assertThat(Differences.first(found, expected)).isEmpty();
        for (String version : new String[] {"2.6.3", "3.0.3"}) {
            byte[] written = CheckpointCodec.encode(found, RwVersion.parse(version));
            assertThat(CheckpointCodec.decode(written, "written for " + version))
                    .isEqualTo(found);
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        assertThat(JsonWriting.write(found, json))
                .as("fields that JSON cannot name")
                .isEmpty();
        assertThat(json(json.toByteArray())).isEqualTo(found);
    }

    private static HummockVersionCheckpoint json(byte[] bytes) throws IOException {
        HummockVersionCheckpoint.Builder checkpoint = HummockVersionCheckpoint.newBuilder();
        JsonMessages.read(new ByteArrayInputStream(bytes), checkpoint);
        return checkpoint.build();
    }
}
