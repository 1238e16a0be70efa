package io.metawal.metadata.commit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 digests, which every JDK has. */
public final class Sha256 {
    /** Looking a digest up costs more than hashing a small commit. */
    private static final ThreadLocal<MessageDigest> MINE = ThreadLocal.withInitial(Sha256::start);

    private Sha256() {}

    /** This thread's own digest, fresh; to be finished before anything else of this thread asks for it. */
    static MessageDigest own() {
        MessageDigest digest = MINE.get();
        digest.reset();
        return digest;
    }

    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256, which the platform requires", e);
        }
    }

    public static byte[] of(byte[] bytes, int offset, int length) {
        MessageDigest digest = own();
        digest.update(bytes, offset, length);
        return digest.digest();
    }

    public static byte[] of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }
}
