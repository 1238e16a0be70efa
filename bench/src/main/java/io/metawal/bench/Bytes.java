package io.metawal.bench;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Keys and values that look like metadata: numbered keys, values of which a part compresses. */
final class Bytes {
    private static final byte[] TEXT =
            "{\"state\":\"created\",\"owner\":1,\"columns\":[\"id\",\"name\",\"amount\",\"updated\"],\"append_only\":false}"
                    .getBytes(StandardCharsets.US_ASCII);

    private final Random random;

    Bytes(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Fixed width, so that the order of bytes is that of numbers. */
    static ByteString key(String prefix, int number) {
        byte[] key = new byte[prefix.length() + 10];
        for (int n = 0; n < prefix.length(); n++) {
            key[n] = (byte) prefix.charAt(n);
        }
        int rest = number;
        for (int n = key.length - 1; n >= prefix.length(); n--) {
            key[n] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return ByteString.copyFrom(key);
    }

    /** The first half is random. */
    ByteString value(int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        for (int n = length / 2; n < length; n++) {
            value[n] = TEXT[n % TEXT.length];
        }
        return ByteString.copyFrom(value);
    }
}
