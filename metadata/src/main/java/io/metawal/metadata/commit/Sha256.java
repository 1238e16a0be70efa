package io.metawal.metadata.commit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 digests, which every JDK has. */
public final class Sha256 {
    private Sha256() {}

    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256, which the platform requires", e);
        }
    }

    public static byte[] of(byte[] bytes, int offset, int length) {
        MessageDigest digest = start();
        digest.update(bytes, offset, length);
        return digest.digest();
    }

    public static byte[] of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }
}
