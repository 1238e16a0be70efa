package io.metawal.bench;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.SegmentName;
import io.metawal.testkit.proto.CommitBody;
import io.metawal.testkit.proto.CommitChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The least that any replay must do, on one thread: read each segment's bytes, oldest first; of each block check the CRC32C and
 * decompress the zstd frame; parse each payload with the classes that protoc generates; put or remove each change in the
 * {@code HashMap} of its space. It does not check SHA-256, chain, seq or digest, and does not sort.
 */
final class BareLoop {
    private static final int SEGMENT_HEADER = 192;
    private static final int BLOCKS_AT = 72;
    private static final int BLOCK_HEADER = 24;
    private static final int RECORD_HEADER = CommitRecord.HEADER_LENGTH;
    private static final int DIGEST = 24;

    private final Map<String, Map<ByteString, CommitChange>> spaces = new HashMap<>();
    private long commits;

    /** Returns the number of commits. */
    static long run(ObjectStore store, List<SegmentName> segments) throws IOException {
        BareLoop loop = new BareLoop();
        for (SegmentName segment : segments) {
            loop.segment(store.read(segment.key()));
        }
        return loop.commits;
    }

    private void segment(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = SEGMENT_HEADER;
        for (int block = in.getInt(BLOCKS_AT); block > 0; block--) {
            int stored = in.getInt(at);
            byte[] raw = new byte[in.getInt(at + 4)];
            CRC32C crc = new CRC32C();
            crc.update(bytes, at + BLOCK_HEADER, stored);
            if ((int) crc.getValue() != in.getInt(at + 8)) {
                throw new IOException("a block's CRC32C does not fit");
            }
            Zstd.decompressByteArray(raw, 0, raw.length, bytes, at + BLOCK_HEADER, stored);
            block(raw);
            at += BLOCK_HEADER + stored;
        }
    }

    private void block(byte[] raw) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at < raw.length) {
            int length = in.getInt(at);
            fold(CommitBody.parseFrom(CodedInputStream.newInstance(raw, at + RECORD_HEADER, length)));
            at += RECORD_HEADER + length + DIGEST;
            commits++;
        }
    }

    private void fold(CommitBody body) {
        for (CommitChange change : body.getChangesList()) {
            Map<ByteString, CommitChange> space =
                    spaces.computeIfAbsent(body.getSpaces(change.getSpace()), name -> new HashMap<>());
            if (change.getDelete()) {
                space.remove(change.getKey());
            } else {
                space.put(change.getKey(), change);
            }
        }
    }
}
