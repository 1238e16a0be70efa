package io.metawal.storage.format;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a segment up to its footer's hash, as hex: each segment names the one before by it. */
public record SegmentHash(String hex) {
    public static final int LENGTH = 32;
    public static final SegmentHash NONE = new SegmentHash("0".repeat(2 * LENGTH));

    @JsonCreator
    public SegmentHash {
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException("a segment hash has 64 hex digits, found \"" + hex + "\"");
        }
    }

    static SegmentHash of(byte[] bytes, int offset) {
        return new SegmentHash(HexFormat.of().formatHex(Arrays.copyOfRange(bytes, offset, offset + LENGTH)));
    }

    byte[] toBytes() {
        return HexFormat.of().parseHex(hex);
    }

    @JsonValue
    @Override
    public String toString() {
        return hex;
    }
}
