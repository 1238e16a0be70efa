package io.metawal.tools.cli;

import io.metawal.connectors.ndjson.NdjsonStream;
import io.metawal.connectors.ndjson.NdjsonTarget;
import io.metawal.metadata.port.RestoreTarget;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Outputs that are no regular files: standard output, named as {@code -}, pipes and devices. */
final class StreamOutput {
    private static final String STANDARD_OUTPUT = "-";

    private StreamOutput() {}

    static boolean isStream(String place) {
        Path path = Path.of(place);
        return place.equals(STANDARD_OUTPUT)
                || Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    }

    static RestoreTarget ndjson(String place) {
        if (place.equals(STANDARD_OUTPUT)) {
            return new NdjsonStream("standard output", () -> new Unclosed());
        }
        return isStream(place)
                ? new NdjsonStream(place, () -> new FileOutputStream(place))
                : new NdjsonTarget(Path.of(place));
    }

    /** Standard output belongs to the process. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed() {
            super(System.out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
