package io.metawal.connectors.databend.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.metawal.connectors.databend.log.FieldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Whether a line is UTF-8; a JSON parser lets some through that is not. */
final class Utf8 {
    private static final int CHARS = 8192;

    private Utf8() {}

    static void check(LineReader line, JsonFactory json) throws FieldException {
        byte[] bytes = line.buffer();
        int end = line.start() + line.length();
        int n = line.start();
        while (n < end && bytes[n] >= 0) {
            n++;
        }
        if (n == end) {
            return;
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, n, end - n);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(CHARS);
        CoderResult result;
        do {
            chars.clear();
            result = decoder.decode(rest, chars, true);
        } while (result.isOverflow());
        if (result.isError()) {
            int at = rest.position() - line.start();
            throw new FieldException(
                    fieldAt(line, at, json),
                    "UTF-8",
                    String.format("the byte 0x%02x at column %d", rest.get(rest.position()), at + 1));
        }
    }

    private static String fieldAt(LineReader line, int offset, JsonFactory json) {
        try (JsonParser parser = json.createParser(line.buffer(), line.start(), line.length())) {
            String path = "";
            try {
                while (parser.nextToken() != null
                        && parser.currentTokenLocation().getByteOffset() <= offset) {
                    path = path(parser);
                    if (parser.currentToken().isScalarValue()) {
                        parser.finishToken();
                    }
                }
            } catch (IOException e) {
                path = path(parser);
            }
            return path;
        } catch (IOException e) {
            return "";
        }
    }

    /** Where a parser is, as {@code GenericKV.value.seq}. */
    static String path(JsonParser parser) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        String below = pointer.startsWith("/1/") ? pointer.substring(3) : pointer.isEmpty() ? "" : pointer.substring(1);
        return below.replace('/', '.');
    }
}
