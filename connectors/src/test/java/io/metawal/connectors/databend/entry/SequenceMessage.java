package io.metawal.connectors.databend.entry;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/**
 * Databend's messages as its own code writes them: fields in the order of their numbers, zeros left out, {@code ver} and {@code
 * min_reader_ver} in each ({@code src/meta/protos/proto/sequence.proto}, {@code least_visible_time.proto}).
 *
 * @param created field 1
 * @param step field 5
 * @param next field 6
 * @param storageVersion field 7
 */
public record SequenceMessage(String created, long step, long next, long storageVersion) {
    public ByteString bytes() {
        return message(out -> {
            out.writeString(1, created);
            out.writeString(2, created);
            out.writeString(3, "a comment");
            out.writeInt64(5, step);
            if (next != 0) {
                out.writeUInt64(6, next);
            }
            if (storageVersion != 0) {
                out.writeUInt64(7, storageVersion);
            }
            // A field that a later version has.
            out.writeString(9, "later");
        });
    }

    public SequenceMessage at(long other) {
        return new SequenceMessage(created, step, other, storageVersion);
    }

    /** As Databend compresses values ({@code src/meta/api/src/kv/pb_api/compress.rs}). */
    public static ByteString compressed(ByteString message) {
        return ByteString.copyFrom(new byte[] {0x0f, 1, 0, 0})
                .concat(ByteString.copyFrom(Zstd.compress(message.toByteArray())));
    }

    /** A {@code LeastVisibleTime}, or a {@code VacuumWatermark}. */
    public static ByteString time(String time) {
        return message(out -> out.writeString(1, time));
    }

    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    private static ByteString message(Writer fields) {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.writeUInt64(100, 182);
            out.writeUInt64(101, 24);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteString();
    }
}
