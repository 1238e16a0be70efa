package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The service's counters: numbers of 64 bits without sign, as decimal text. Ids that are a record's seq are none of them. */
final class Counters {
    private static final Pattern DIGITS = Pattern.compile("0|[1-9]\\d{0,19}");
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    private Counters() {}

    static boolean isNumber(String text) {
        return DIGITS.matcher(text).matches() && new BigInteger(text).compareTo(LIMIT) < 0;
    }

    /** The counter's number, without sign; null for what is not one. */
    static @Nullable Long number(ByteString value) {
        String text = value.toStringUtf8();
        return isNumber(text) ? (Long) Long.parseUnsignedLong(text) : null;
    }
}
