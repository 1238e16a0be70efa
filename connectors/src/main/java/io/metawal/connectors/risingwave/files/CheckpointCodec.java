package io.metawal.connectors.risingwave.files;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpointEnvelope.CompressionAlgorithm;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * {@code <data directory>/checkpoint/0}: to v2.8 a HummockVersionCheckpoint as it is; from v3.0 in an envelope, compressed (none, zstd, or
 * an LZ4 frame), with the XXH64 (seed 0) of the compressed bytes. An envelope is known by its checksum or compression,
 * or by a version in its payload: the plain message also parses as an envelope, whose payload are the stale objects.
 */
public final class CheckpointCodec {
    private static final int ZSTD_LEVEL = 3;

    private CheckpointCodec() {}

    /** @param name for messages */
    public static HummockVersionCheckpoint decode(byte[] bytes, String name) {
        HummockVersionCheckpointEnvelope envelope = envelope(bytes);
        if (envelope.hasChecksum() || envelope.getCompressionAlgorithmValue() != 0) {
            return enveloped(envelope, name);
        }
        HummockVersionCheckpoint inside = lenient(envelope.getPayload());
        return inside.hasVersion() ? inside : plain(bytes, name);
    }

    /** Empty where it is none: then the bytes are the checkpoint itself, or nothing known. */
    private static HummockVersionCheckpointEnvelope envelope(byte[] bytes) {
        try {
            return HummockVersionCheckpointEnvelope.parser().parseFrom(UnsafeByteOperations.unsafeWrap(bytes));
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

    private static HummockVersionCheckpoint plain(byte[] bytes, String name) {
        try {
            return complete(parse(CodedInputStream.newInstance(bytes)), name);
        } catch (IOException e) {
            throw new CorruptException(name + " is no checkpoint of a Hummock version: " + e.getMessage(), e);
        }
    }

    private static HummockVersionCheckpoint enveloped(HummockVersionCheckpointEnvelope envelope, String name) {
        long found = hash(envelope.getPayload().toByteArray());
        if (envelope.hasChecksum() && found != envelope.getChecksum()) {
            throw new CorruptException(String.format(
                    "%s: expected XXH64 %016x, found %016x: its bytes are not those that were written",
                    name, envelope.getChecksum(), found));
        }
        try (InputStream in = decompressed(envelope, name)) {
            return complete(parse(CodedInputStream.newInstance(in)), name);
        } catch (IOException e) {
            throw new CorruptException(name + " cannot be decompressed: " + e.getMessage(), e);
        }
    }

    private static HummockVersionCheckpoint complete(HummockVersionCheckpoint checkpoint, String name) {
        if (!checkpoint.hasVersion()) {
            throw new CorruptException(name + " is no checkpoint: there is no Hummock version in it");
        }
        return checkpoint;
    }

    private static HummockVersionCheckpoint parse(CodedInputStream in) throws IOException {
        in.setSizeLimit(Integer.MAX_VALUE);
        return HummockVersionCheckpoint.parseFrom(in);
    }

    private static InputStream decompressed(HummockVersionCheckpointEnvelope envelope, String name) throws IOException {
        InputStream payload = envelope.getPayload().newInput();
        return switch (envelope.getCompressionAlgorithm()) {
            case CHECKPOINT_COMPRESSION_NONE -> payload;
            case CHECKPOINT_COMPRESSION_ZSTD -> new ZstdInputStream(payload);
            case CHECKPOINT_COMPRESSION_LZ4 -> new Lz4Frames(payload);
            case UNRECOGNIZED ->
                throw new UnsupportedFormatException(name + " is compressed by algorithm "
                        + envelope.getCompressionAlgorithmValue()
                        + ": known are 0 (none), 1 (zstd) and 2 (lz4); it is of a newer RisingWave");
        };
    }

    /** In the form that a release reads, and writes. */
    public static byte[] encode(HummockVersionCheckpoint checkpoint, RwVersion version) {
        byte[] plain = checkpoint.toByteArray();
        if (!version.atLeast(3, 0)) {
            return plain;
        }
        byte[] payload = Zstd.compress(plain, ZSTD_LEVEL);
        return HummockVersionCheckpointEnvelope.newBuilder()
                .setCompressionAlgorithm(CompressionAlgorithm.CHECKPOINT_COMPRESSION_ZSTD)
                .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                .setChecksum(hash(payload))
                .build()
                .toByteArray();
    }

    private static long hash(byte[] bytes) {
        return XXHashFactory.fastestInstance().hash64().hash(bytes, 0, bytes.length, 0);
    }
}
