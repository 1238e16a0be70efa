package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command line names, to be read. */
final class InputFile {
    private InputFile() {}

    /**
     * The file, or pipe, or device.
     *
     * @param expected what it should be, such as {@code a file of commits}
     * @throws UsageException where it is not there, or is a directory; another fault where this user may not read it
     */
    static Path of(String name, String expected) {
        Path file = Path.of(name);
        if (Files.isDirectory(file)) {
            throw new UsageException(file + " is a directory: expected " + expected);
        }
        if (Files.isReadable(file)) {
            return file;
        }
        if (Files.exists(file)) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    "cannot read " + file
                            + ": permission denied. Grant this user read access to it, or name another file");
        }
        throw new UsageException("there is no file " + file + ": expected " + expected);
    }
}
