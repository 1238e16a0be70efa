package io.metawal.connectors.file;

/** Counts what a file would hold, for finding out whether it can be made, and how large it is. */
public final class CountedBytes implements LineSink {
    private long bytes;

    @Override
    public void write(byte[] content) {
        bytes += content.length;
    }

    public long bytes() {
        return bytes;
    }
}
