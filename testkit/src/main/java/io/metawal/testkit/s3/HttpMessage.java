package io.metawal.testkit.s3;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request as it came: its head as text, without what binds it to one connection, and its body. */
record HttpMessage(String head, byte[] body) {
    private static final int HEAD_MAX = 64 << 10;

    /** The next request of a connection; null at its end. {@code proceed} is called before a body that waits for it. */
    static @Nullable HttpMessage read(InputStream in, Continue proceed) throws IOException {
        String head = head(in);
        if (head == null) {
            return null;
        }
        StringBuilder kept = new StringBuilder();
        int length = 0;
        for (String line : head.split("\r\n", -1)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("expect:")) {
                proceed.run();
            } else if (!lower.startsWith("connection:") && !line.isEmpty()) {
                kept.append(line).append("\r\n");
            }
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).trim());
            }
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("a request's body breaks off");
        }
        return new HttpMessage(kept + "Connection: close\r\n\r\n", body);
    }

    /** Lets a client send its body. */
    interface Continue {
        void run() throws IOException;
    }

    private static @Nullable String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
            if (head.size() > HEAD_MAX) {
                throw new IOException("a request's head is longer than " + HEAD_MAX + " bytes");
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    String method() {
        return head.substring(0, head.indexOf(' '));
    }
}
