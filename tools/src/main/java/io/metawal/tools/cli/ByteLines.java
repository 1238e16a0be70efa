package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, split before they are decoded: one that is none spoils no other. */
final class ByteLines {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private long number;

    ByteLines(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /** The number of the line that was read last, from 1. */
    long number() {
        return number;
    }

    /** The next line without its end; null where there is none. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        number++;
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new UsageException(
                    "line " + number
                            + " is not UTF-8: bytes go as base64, in key64 and put64; this line and what follows were not"
                            + " taken",
                    e);
        }
    }

    /** Whether more could be read without waiting. */
    boolean ready() throws IOException {
        return in.available() > 0;
    }
}
