package io.metawal.metadata.fault;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Maps failures of local files (temporary ones, outputs, inputs) to faults that tell the operator what to do. */
public final class LocalFaults {
    private LocalFaults() {}

    /** @param failed what failed and where, such as {@code cannot write temporary files in /tmp} */
    public static MetawalException of(String failed, IOException e) {
        String text = failed + ": " + reason(e);
        if (e instanceof ClosedByInterruptException) {
            return new MetawalException(ExitCode.INTERRUPTED, failed + ": interrupted", e);
        }
        if (isFull(e)) {
            return new DiskFullException(text + ". Free or add space there, or name another place", e);
        }
        if (isDenied(e)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED, text + ". Grant this user read and write access, or name another place", e);
        }
        return new UnreachableException(text, e);
    }

    public static boolean isFull(IOException e) {
        return says(e, "no space left") || says(e, "quota exceeded");
    }

    public static boolean isDenied(IOException e) {
        return e instanceof AccessDeniedException
                || says(e, "permission denied")
                || says(e, "read-only file system")
                || says(e, "operation not permitted");
    }

    private static boolean says(IOException e, String words) {
        return reason(e).toLowerCase(Locale.ROOT).contains(words);
    }

    /** The cause without a Java class name where the text alone is clear. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file or directory";
        }
        if (e instanceof NotDirectoryException) {
            return e.getMessage() + ": not a directory";
        }
        if (e instanceof FileSystemException named && named.getReason() != null) {
            return named.getFile() + ": " + named.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
