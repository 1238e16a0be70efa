package io.metawal.connectors.sql.mysql;

import io.metawal.metadata.fault.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A character set of the server. Its {@code latin1} is Windows' code page 1252, whose five holes are control characters. */
final class MysqlText {
    static final MysqlText BINARY = new MysqlText("binary", StandardCharsets.ISO_8859_1);

    private static final String LATIN1 = "latin1";
    private static final Map<String, Charset> KNOWN = Map.ofEntries(
            Map.entry("utf8mb4", StandardCharsets.UTF_8),
            Map.entry("utf8mb3", StandardCharsets.UTF_8),
            Map.entry("utf8", StandardCharsets.UTF_8),
            Map.entry("ascii", StandardCharsets.US_ASCII),
            Map.entry("binary", StandardCharsets.ISO_8859_1),
            Map.entry(LATIN1, Charset.forName("windows-1252")),
            Map.entry("latin2", Charset.forName("ISO-8859-2")),
            Map.entry("latin5", Charset.forName("ISO-8859-9")),
            Map.entry("cp1250", Charset.forName("windows-1250")),
            Map.entry("cp1251", Charset.forName("windows-1251")),
            Map.entry("koi8r", Charset.forName("KOI8-R")),
            Map.entry("ucs2", StandardCharsets.UTF_16BE),
            Map.entry("utf16", StandardCharsets.UTF_16BE),
            Map.entry("utf16le", StandardCharsets.UTF_16LE),
            Map.entry("utf32", Charset.forName("UTF-32BE")));

    private final String name;
    private final Charset charset;

    private MysqlText(String name, Charset charset) {
        this.name = name;
        this.charset = charset;
    }

    /** By the server's name for it; empty for one that is not known here. */
    static Optional<MysqlText> of(String name) {
        return Optional.ofNullable(KNOWN.get(name)).map(charset -> new MysqlText(name, charset));
    }

    String decode(byte[] bytes) {
        if (name.equals(LATIN1)) {
            return latin1(bytes);
        }
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnsupportedFormatException(
                    bytes.length + " bytes of text in the binary log are not of the character set " + name, e);
        }
    }

    private String latin1(byte[] bytes) {
        StringBuilder text = new StringBuilder(new String(bytes, charset));
        for (int i = 0; i < bytes.length; i++) {
            if (text.charAt(i) == '\uFFFD') {
                text.setCharAt(i, (char) (bytes[i] & 0xFF));
            }
        }
        return text.toString();
    }
}
