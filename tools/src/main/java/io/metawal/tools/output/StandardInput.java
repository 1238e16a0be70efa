package io.metawal.tools.output;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Bytes of a file, a pipe or a terminal, read so that the thread can be interrupted while it waits for more. Unlike the stream
 * that {@code Files} gives, it knows what is available in a pipe.
 */
public final class StandardInput extends InputStream {
    private final FileInputStream file;
    private final FileChannel channel;

    private StandardInput(FileInputStream file) {
        this.file = file;
        this.channel = file.getChannel();
    }

    /** That of the process. */
    public static InputStream ofProcess() {
        return new StandardInput(new FileInputStream(FileDescriptor.in));
    }

    /** A file of any kind: a pipe, {@code /dev/stdin}, or what a shell's {@code <(…)} names. */
    public static InputStream of(Path path) throws IOException {
        return new StandardInput(new FileInputStream(path.toFile()));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, from, length));
    }

    /** Of a device that does not tell, nothing is known to be there. */
    @Override
    public int available() {
        try {
            return file.available();
        } catch (IOException notTold) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
