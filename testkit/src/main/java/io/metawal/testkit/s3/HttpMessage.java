package io.metawal.testkit.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request or an answer as it came, byte by byte: what is signed must not change. */
record HttpMessage(byte[] head, byte[] body) {
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    /** The next request; null where the client is done. It is let to send its body where it asks first. */
    static @Nullable HttpMessage request(InputStream in, OutputStream out) throws IOException {
        byte[] head = head(in);
        if (head.length == 0) {
            return null;
        }
        HttpMessage bare = new HttpMessage(head, new byte[0]);
        if ("100-continue".equalsIgnoreCase(bare.header("expect"))) {
            out.write(CONTINUE.getBytes(ISO_8859_1));
            out.flush();
        }
        return new HttpMessage(head, bare.bodyOf(in));
    }

    /** The answer to a request of this method. */
    static HttpMessage answer(InputStream in, String method) throws IOException {
        while (true) {
            HttpMessage bare = new HttpMessage(head(in), new byte[0]);
            if (bare.head.length == 0) {
                throw new EOFException("the service closed the connection");
            }
            int status = bare.status();
            if (status >= 200) {
                boolean empty = method.equals("HEAD") || status == 204 || status == 304;
                return empty ? bare : new HttpMessage(bare.head, bare.bodyOf(in));
            }
        }
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ended = 0;
        while (ended < 4) {
            int next = in.read();
            if (next < 0) {
                return new byte[0];
            }
            head.write(next);
            boolean expected = next == (ended % 2 == 0 ? '\r' : '\n');
            ended = expected ? ended + 1 : (next == '\r' ? 1 : 0);
        }
        return head.toByteArray();
    }

    private byte[] bodyOf(InputStream in) throws IOException {
        String length = header("content-length");
        if (length != null) {
            return in.readNBytes(Integer.parseInt(length));
        }
        return "chunked".equalsIgnoreCase(header("transfer-encoding")) ? chunks(in) : new byte[0];
    }

    /** Chunks as they stand, sizes and all. */
    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.write(next);
                if (next == '\n') {
                    break;
                }
            }
            all.write(line.toByteArray());
            int size = Integer.parseInt(line.toString(ISO_8859_1).trim().split(";")[0], 16);
            all.write(in.readNBytes(size + 2));
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    String first() {
        return text().lines().findFirst().orElse("");
    }

    String method() {
        return first().split(" ")[0];
    }

    private int status() {
        return Integer.parseInt(first().split(" ")[1]);
    }

    private @Nullable String header(String name) {
        return text().lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse(null);
    }

    private String text() {
        return new String(head, ISO_8859_1);
    }

    void write(OutputStream out) throws IOException {
        out.write(head);
        out.write(body);
        out.flush();
    }
}
