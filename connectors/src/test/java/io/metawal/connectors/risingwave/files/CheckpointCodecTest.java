package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope.CompressionAlgorithm;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {
    private static final String WHERE = "memory/checkpoint/0";

    private static HummockVersionCheckpoint checkpoint() {
        HummockVersion.Builder version = HummockVersion.newBuilder().setId(321);
        for (int table = 1; table < 200; table++) {
            version.putStateTableInfo(
                    table, StateTableInfo.newBuilder().setCommittedEpoch(7).build());
        }
        return HummockVersionCheckpoint.newBuilder()
                .setVersion(version)
                .putStaleObjects(
                        300,
                        HummockVersionCheckpoint.StaleObjects.newBuilder()
                                .addId(1)
                                .addId(2)
                                .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "2.8.5", "3.0.0", "3.2.0-alpha"})
    void comesBackInEveryForm(String version) {
        byte[] bytes = CheckpointCodec.encode(checkpoint(), RwVersion.parse(version));
        assertThat(CheckpointCodec.decode(bytes, WHERE)).isEqualTo(checkpoint());
    }

    /** What releases before 3.0 read is the message itself; with stale objects it also parses as an envelope, and must not be taken for one. */
    @Test
    void plainIsTheMessageItself() {
        assertThat(CheckpointCodec.encode(checkpoint(), RwVersion.parse("2.8.5")))
                .isEqualTo(checkpoint().toByteArray());
    }

    @Test
    void envelopesOfRisingWaveItself() throws IOException {
        byte[] plain = checkpoint().toByteArray();
        ByteArrayOutputStream lz4 = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(lz4)) {
            out.write(plain);
        }
        assertThat(CheckpointCodec.decode(envelope(2, lz4.toByteArray()).build().toByteArray(), WHERE))
                .isEqualTo(checkpoint());
        assertThat(CheckpointCodec.decode(envelope(0, plain).build().toByteArray(), WHERE))
                .isEqualTo(checkpoint());
    }

    private static HummockVersionCheckpointEnvelope.Builder envelope(int algorithm, byte[] payload) {
        return HummockVersionCheckpointEnvelope.newBuilder()
                .setCompressionAlgorithmValue(algorithm)
                .setPayload(ByteString.copyFrom(payload));
    }

    @Test
    void damageIsNamed() throws IOException {
        HummockVersionCheckpointEnvelope good = HummockVersionCheckpointEnvelope.parseFrom(
                CheckpointCodec.encode(checkpoint(), RwVersion.parse("3.0.0")));
        assertThat(good.getCompressionAlgorithm()).isEqualTo(CompressionAlgorithm.CHECKPOINT_COMPRESSION_ZSTD);
        byte[] payload = good.getPayload().toByteArray();
        payload[payload.length / 2] ^= 1;
        byte[] flipped = good.toBuilder()
                .setPayload(ByteString.copyFrom(payload))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> CheckpointCodec.decode(flipped, WHERE))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("memory/checkpoint/0")
                .hasMessageContaining("XXH64")
                .hasMessageContaining(String.format("%016x", good.getChecksum()));
        byte[] cut = envelope(1, java.util.Arrays.copyOf(payload, 20)).build().toByteArray();
        assertThatThrownBy(() -> CheckpointCodec.decode(cut, WHERE)).isInstanceOf(CorruptException.class);
        byte[] unknown = envelope(9, payload).build().toByteArray();
        assertThatThrownBy(() -> CheckpointCodec.decode(unknown, WHERE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("algorithm 9");
        assertThatThrownBy(() -> CheckpointCodec.decode(new byte[0], WHERE)).isInstanceOf(CorruptException.class);
        assertThatThrownBy(() -> CheckpointCodec.decode(new byte[] {-1, -1, -1}, WHERE))
                .isInstanceOf(CorruptException.class);
    }
}
