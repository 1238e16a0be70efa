package io.metawal.metadata.commit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UsageException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The running SHA-256 over a timeline's commits, 32 bytes: {@link #GENESIS} before the first one. */
public record Chain(ByteString value) {
    public static final int LENGTH = 32;
    public static final Chain GENESIS = new Chain(ByteString.copyFrom(new byte[LENGTH]));

    public Chain {
        if (value.size() != LENGTH) {
            throw new UsageException("a chain value has " + LENGTH + " bytes, found " + value.size());
        }
    }

    public static Chain of(byte[] bytes, int offset) {
        return new Chain(ByteString.copyFrom(bytes, offset, LENGTH));
    }

    @JsonCreator
    public static Chain parse(String hex) {
        try {
            return new Chain(ByteString.copyFrom(HexFormat.of().parseHex(hex)));
        } catch (IllegalArgumentException e) {
            throw new UsageException("\"" + hex + "\" is not a chain value: expected 64 hex digits", e);
        }
    }

    /** Whether the same commits led here; constant time, since a chain may be compared with an attacker's. */
    public boolean matches(Chain other) {
        return MessageDigest.isEqual(value.toByteArray(), other.value.toByteArray());
    }

    @JsonValue
    @Override
    public String toString() {
        return HexFormat.of().formatHex(value.toByteArray());
    }
}
