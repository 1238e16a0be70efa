package io.metawal.connectors.databend.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.JsonTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Reads an export line by line: {@code ["<tree>",{"<Variant>":…}]}, UTF-8. In memory for one line, which has a limit. Every fault
 * is a {@code CorruptException} that names line and field, or an {@code UnsupportedFormatException} for a data version that is not known.
 */
public final class ExportReader {
    /** A value of 32 MiB, the most a meta service takes, has at most four characters a byte. */
    public static final int LINE_BYTES_MAX = 144 << 20;

    private static final byte[] STATE = "[\"state_machine/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RAFT = "[\"raft_".getBytes(StandardCharsets.US_ASCII);
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(1000)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final String file;
    private final ExportSource source;
    private final int lineBytesMax;

    /** Opens the export, from its beginning, as often as it is asked. */
    @FunctionalInterface
    public interface ExportSource {
        InputStream open() throws IOException;
    }

    /** Which lines are of interest; others are not looked into. */
    public enum Part {
        RAFT,
        STATE
    }

    /** @param file as it is named in messages */
    public ExportReader(String file, ExportSource source) {
        this(file, source, LINE_BYTES_MAX);
    }

    public ExportReader(String file, ExportSource source, int lineBytesMax) {
        this.file = file;
        this.source = source;
        this.lineBytesMax = lineBytesMax;
    }

    public String file() {
        return file;
    }

    /** Reads all of it. */
    public void read(ExportVisitor visitor) throws InterruptedException {
        read(EnumSet.allOf(Part.class), visitor);
    }

    /** Reads the lines of these parts, and the header. */
    public void read(Set<Part> parts, ExportVisitor visitor) throws InterruptedException {
        byte[] left = parts.contains(Part.RAFT) ? (parts.contains(Part.STATE) ? null : STATE) : RAFT;
        try (LineReader lines = new LineReader(file, source.open(), lineBytesMax)) {
            LineInterpreter interpreter = new LineInterpreter(file, visitor);
            while (lines.next()) {
                if (left == null || lines.number() == 1 || !lines.startsWith(left)) {
                    read(lines, interpreter);
                }
            }
            if (lines.number() == 0) {
                throw ExportFault.of(file, 1, "", "a header or a line of an older export", "an empty file", null);
            }
            visitor.end(lines.number());
        } catch (IOException e) {
            throw new io.metawal.metadata.fault.UnreachableException("cannot read " + file + ": " + e, e);
        }
    }

    private void read(LineReader line, LineInterpreter interpreter) throws InterruptedException {
        try {
            if (interpreter.usualRecord(line)) {
                return;
            }
            Utf8.check(line, JSON);
            interpreter.read(line, tree(line));
        } catch (FieldException e) {
            throw ExportFault.of(file, line.number(), e);
        }
    }

    private static List<?> tree(LineReader line) throws FieldException {
        try (JsonParser parser = JSON.createParser(line.buffer(), line.start(), line.length())) {
            try {
                Object tree = parser.nextToken() == null ? null : JsonTree.read(parser);
                if (parser.nextToken() != null) {
                    throw new FieldException("", "nothing behind the array", "more");
                }
                if (tree instanceof List<?> list && list.size() == 2 && list.get(0) instanceof String) {
                    return list;
                }
                throw new FieldException("", "an array of a tree's name and an object", "something else");
            } catch (JsonProcessingException e) {
                boolean atEnd = e instanceof JsonEOFException
                        || e.getLocation() != null && e.getLocation().getByteOffset() >= line.length();
                String found = line.terminated() ? "the line's end" : "a last line that breaks off";
                throw new FieldException(Utf8.path(parser), "JSON", atEnd ? found : e.getOriginalMessage());
            }
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }
}
