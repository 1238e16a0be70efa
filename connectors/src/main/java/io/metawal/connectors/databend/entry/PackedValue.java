package io.metawal.connectors.databend.entry;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.ByteString;
import java.io.IOException;

/** Values that Databend compresses: four bytes, {@code 0F 01 00 00}, and a zstd frame. A protobuf message begins otherwise. */
public final class PackedValue {
    private static final ByteString ZSTD = ByteString.copyFrom(new byte[] {0x0f, 1, 0, 0});

    private PackedValue() {}

    private static boolean isPacked(ByteString value) {
        return value.startsWith(ZSTD);
    }

    /** The value without its frame, where it has one; as it is where that is damaged or larger than {@code bytesMax}. */
    public static ByteString plain(ByteString value, int bytesMax) {
        if (!isPacked(value)) {
            return value;
        }
        try (ZstdInputStream in =
                new ZstdInputStream(value.substring(ZSTD.size()).newInput())) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            return bytes.length > bytesMax ? value : ByteString.copyFrom(bytes);
        } catch (IOException e) {
            return value;
        }
    }

    /** A value in a frame where another one is in one. */
    public static ByteString as(ByteString other, ByteString plain) {
        return isPacked(other) ? ZSTD.concat(ByteString.copyFrom(Zstd.compress(plain.toByteArray()))) : plain;
    }
}
