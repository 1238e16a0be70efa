package io.metawal.connectors.file;

import java.nio.charset.StandardCharsets;

/** Takes the content of a file: bytes, and lines without their ends. */
public interface LineSink {
    void write(byte[] bytes);

    default void line(String line) {
        line(line.getBytes(StandardCharsets.UTF_8));
    }

    default void line(byte[] line) {
        write(line);
        write(new byte[] {'\n'});
    }
}
