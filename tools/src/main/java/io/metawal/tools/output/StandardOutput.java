package io.metawal.tools.output;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.OutputException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output that fails loudly: a write that does not succeed is an {@link OutputException}, where a {@link PrintStream}
 * only remembers it. Lines are written as they are printed.
 */
public final class StandardOutput extends OutputStream {
    private static final int BUFFER = 1 << 13;

    private final OutputStream out;

    private StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** That of the process. */
    public static PrintStream ofProcess() {
        return over(new FileOutputStream(FileDescriptor.out));
    }

    static PrintStream over(OutputStream out) {
        return new PrintStream(new StandardOutput(new BufferedOutputStream(out, BUFFER)), true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static OutputException failed(IOException e) {
        return new OutputException("cannot write to standard output: " + LocalFaults.reason(e), e);
    }
}
