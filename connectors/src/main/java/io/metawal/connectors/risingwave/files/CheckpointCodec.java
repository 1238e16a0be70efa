package io.metawal.connectors.risingwave.files;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope.CompressionAlgorithm;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The object {@code checkpoint/0}: up to v2.8 a {@code HummockVersionCheckpoint}; from v3.0 on that message, compressed or not (zstd, or LZ4 in
 * its frame format), in an envelope with XXH64 (seed 0) of what stands in it. The plain message can be parsed as an envelope whose payload is
 * the stale objects; what tells them apart is that an envelope has a checksum or a compression, or holds a checkpoint with a version.
 */
final class CheckpointCodec {
    private static final int ZSTD_LEVEL = 3;

    private CheckpointCodec() {}

    /** @param where the object, for messages */
    static HummockVersionCheckpoint decode(byte[] bytes, String where) {
        HummockVersionCheckpointEnvelope envelope = envelope(bytes);
        boolean certain = envelope.hasChecksum() || envelope.getCompressionAlgorithmValue() != 0;
        if (!envelope.getPayload().isEmpty() && certain) {
            return enveloped(envelope, where);
        }
        HummockVersionCheckpoint inside = lenient(envelope.getPayload());
        if (inside.hasVersion()) {
            return inside;
        }
        try {
            HummockVersionCheckpoint plain = HummockVersionCheckpoint.parseFrom(bytes);
            if (!plain.hasVersion()) {
                throw new CorruptException(where + " holds no Hummock version in its " + bytes.length + " bytes");
            }
            return plain;
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException(where + " is no Hummock checkpoint: " + e.getMessage(), e);
        }
    }

    private static HummockVersionCheckpointEnvelope envelope(byte[] bytes) {
        try {
            return HummockVersionCheckpointEnvelope.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return HummockVersionCheckpointEnvelope.getDefaultInstance();
        }
    }

    private static HummockVersionCheckpoint lenient(ByteString payload) {
        try {
            return HummockVersionCheckpoint.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            return HummockVersionCheckpoint.getDefaultInstance();
        }
    }

    private static HummockVersionCheckpoint enveloped(HummockVersionCheckpointEnvelope envelope, String where) {
        byte[] payload = envelope.getPayload().toByteArray();
        long actual = hash(payload);
        if (envelope.hasChecksum() && envelope.getChecksum() != actual) {
            throw new CorruptException(where + ": the checkpoint's payload of " + payload.length + " bytes has XXH64 "
                    + Long.toHexString(actual) + ", expected " + Long.toHexString(envelope.getChecksum()));
        }
        try (InputStream in = opened(envelope, where)) {
            HummockVersionCheckpoint checkpoint = HummockVersionCheckpoint.parseFrom(in);
            if (!checkpoint.hasVersion()) {
                throw new CorruptException(where + ": the checkpoint's envelope holds no version");
            }
            return checkpoint;
        } catch (IOException e) {
            throw new CorruptException(where + ": the checkpoint's payload cannot be read: " + e.getMessage(), e);
        }
    }

    private static InputStream opened(HummockVersionCheckpointEnvelope envelope, String where) throws IOException {
        InputStream payload = envelope.getPayload().newInput();
        return switch (envelope.getCompressionAlgorithm()) {
            case CHECKPOINT_COMPRESSION_NONE -> payload;
            case CHECKPOINT_COMPRESSION_ZSTD -> new ZstdInputStream(payload);
            case CHECKPOINT_COMPRESSION_LZ4 -> new LZ4FrameInputStream(payload);
            case UNRECOGNIZED ->
                throw new UnsupportedFormatException(
                        where + ": the checkpoint is compressed by algorithm " + envelope.getCompressionAlgorithmValue()
                                + "; this metawal knows 0 (none), 1 (zstd) and 2 (lz4)");
        };
    }

    static byte[] encode(HummockVersionCheckpoint checkpoint, CheckpointForm form) {
        byte[] plain = checkpoint.toByteArray();
        if (form == CheckpointForm.PLAIN) {
            return plain;
        }
        byte[] payload = Zstd.compress(plain, ZSTD_LEVEL);
        return HummockVersionCheckpointEnvelope.newBuilder()
                .setCompressionAlgorithm(CompressionAlgorithm.CHECKPOINT_COMPRESSION_ZSTD)
                .setPayload(ByteString.copyFrom(payload))
                .setChecksum(hash(payload))
                .build()
                .toByteArray();
    }

    private static long hash(byte[] payload) {
        return XXHashFactory.fastestJavaInstance().hash64().hash(payload, 0, payload.length, 0);
    }
}
