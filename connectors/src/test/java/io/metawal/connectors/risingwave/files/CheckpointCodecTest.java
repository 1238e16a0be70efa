package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.hummock.RandomVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint.StaleObjects;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.testkit.seed.Seeded;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.random.RandomGenerator;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;

/** Checkpoints as each release writes them. */
class CheckpointCodecTest {
    private static HummockVersionCheckpoint random(RandomGenerator random) {
        return HummockVersionCheckpoint.newBuilder()
                .setVersion(new RandomVersion(random).make())
                .putStaleObjects(
                        3, StaleObjects.newBuilder().addId(random.nextLong()).build())
                .build();
    }

    private static byte[] envelope(int algorithm, byte[] payload) {
        return HummockVersionCheckpointEnvelope.newBuilder()
                .setCompressionAlgorithmValue(algorithm)
                .setPayload(ByteString.copyFrom(payload))
                .setChecksum(LongHashFunction.xx().hashBytes(payload))
                .build()
                .toByteArray();
    }

    @Test
    void rawAndInEnvelopesComeBack() {
        Seeded.check(100, random -> {
            HummockVersionCheckpoint checkpoint = random(random);
            byte[] raw = CheckpointCodec.encode(checkpoint, RwVersion.parse("2.8.5"));
            assertThat(raw).isEqualTo(checkpoint.toByteArray());
            assertThat(CheckpointCodec.decode(raw, "checkpoint/0")).isEqualTo(checkpoint);
            byte[] zstd = CheckpointCodec.encode(checkpoint, RwVersion.parse("3.0.0"));
            assertThat(HummockVersionCheckpointEnvelope.parseFrom(zstd).getCompressionAlgorithmValue())
                    .isEqualTo(1);
            assertThat(CheckpointCodec.decode(zstd, "checkpoint/0")).isEqualTo(checkpoint);
            assertThat(CheckpointCodec.decode(envelope(0, raw), "checkpoint/0")).isEqualTo(checkpoint);
            assertThat(CheckpointCodec.decode(envelope(2, lz4(raw)), "checkpoint/0"))
                    .isEqualTo(checkpoint);
        });
    }

    /** With stale objects the plain message also parses as an envelope, whose payload they seem to be; RisingWave tells by the version inside. */
    @Test
    void anEnvelopeIsKnownWithoutAChecksumToo() {
        HummockVersionCheckpoint checkpoint = random(Seeded.random(2));
        byte[] bare = HummockVersionCheckpointEnvelope.newBuilder()
                .setPayload(checkpoint.toByteString())
                .build()
                .toByteArray();
        assertThat(CheckpointCodec.decode(bare, "checkpoint/0")).isEqualTo(checkpoint);
        HummockVersionCheckpoint stale = checkpoint.toBuilder()
                .putStaleObjects(
                        300,
                        HummockVersionCheckpoint.StaleObjects.newBuilder()
                                .addId(1)
                                .build())
                .build();
        assertThat(CheckpointCodec.decode(stale.toByteArray(), "checkpoint/0")).isEqualTo(stale);
        assertThatThrownBy(() -> CheckpointCodec.decode(new byte[0], "checkpoint/0"))
                .isInstanceOf(CorruptException.class);
    }

    private static byte[] lz4(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    @Test
    void damageAndStrangersAreTold() {
        byte[] zstd = CheckpointCodec.encode(random(Seeded.random(1)), RwVersion.parse("3.1.0"));
        zstd[zstd.length / 2] ^= 1;
        assertThatThrownBy(() -> CheckpointCodec.decode(zstd, "checkpoint/0"))
                .isInstanceOf(CorruptException.class)
                .hasMessageMatching("checkpoint/0: expected XXH64 [0-9a-f]{16}, found [0-9a-f]{16}.*");
        assertThatThrownBy(() -> CheckpointCodec.decode(envelope(9, new byte[] {1}), "checkpoint/0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("algorithm 9: known are 0 (none), 1 (zstd) and 2 (lz4)");
        assertThatThrownBy(() -> CheckpointCodec.decode(envelope(1, new byte[] {1, 2, 3}), "checkpoint/0"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("cannot be decompressed");
        assertThatThrownBy(() -> CheckpointCodec.decode(
                        "not it".getBytes(java.nio.charset.StandardCharsets.UTF_8), "checkpoint/0"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("no checkpoint");
    }
}
