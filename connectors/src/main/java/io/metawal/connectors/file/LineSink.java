package io.metawal.connectors.file;

/** Takes lines of a file, without their ends. */
public interface LineSink {
    void line(String line);

    void line(byte[] line);

    /** Takes them for nothing: for finding out whether they can be made. */
    LineSink NONE = new LineSink() {
        @Override
        public void line(String line) {}

        @Override
        public void line(byte[] line) {}
    };
}
