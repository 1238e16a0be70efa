package io.metawal.storage.object;

import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** What an {@link IOException} in a directory means to the caller of a store, and what the operator is to do about it. */
final class FileFaults {
    private final Path root;

    FileFaults(Path root) {
        this.root = root;
    }

    /** The fault where nothing was changed. */
    MetawalException unchanged(String deed, IOException e) {
        String start = "file:" + root + ": cannot " + deed + ": ";
        if (e instanceof ClosedByInterruptException) {
            return new MetawalException(ExitCode.INTERRUPTED, start + "interrupted", e);
        }
        if (!Files.isDirectory(root)) {
            return new UnreachableException(
                    start + root + " is missing or no directory: mount it, correct the path, or create a repository"
                            + " there with init",
                    e);
        }
        if (isDenied(e)) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    start + "no permission (" + reason(e)
                            + "): grant this user read and write access, or run as the owner",
                    e);
        }
        if (isFull(e)) {
            return new DiskFullException(
                    start + "the store is full (" + reason(e) + "): free or add space, then it resumes", e);
        }
        return new UnreachableException(start + reason(e), e);
    }

    /** The fault where it may have taken effect. */
    MetawalException unknown(String deed, IOException e) {
        return new UnknownOutcomeException(
                "file:" + root + ": whether it did " + deed + " for good is not known (" + reason(e)
                        + "): read it back before anything else",
                e);
    }

    /** The fault of a link or a rename: a plain refusal changed nothing; of anything else, such as a lost reply, who knows. */
    MetawalException published(String deed, IOException e) {
        boolean refused = isDenied(e) || isFull(e) || e instanceof NoSuchFileException;
        return refused ? unchanged(deed, e) : unknown(deed, e);
    }

    /** Whether the name leads to nothing, rather than that it could not be followed. */
    boolean isAbsent(IOException e) {
        boolean absent = e instanceof NoSuchFileException
                || e instanceof NotDirectoryException
                || says(e, "not a directory")
                || says(e, "is a directory");
        return absent && Files.isDirectory(root);
    }

    static boolean isWithoutLinks(IOException e) {
        return says(e, "operation not permitted") || says(e, "not supported");
    }

    private static boolean isDenied(IOException e) {
        return e instanceof AccessDeniedException || says(e, "read-only file system");
    }

    private static boolean isFull(IOException e) {
        return says(e, "no space left") || says(e, "quota exceeded");
    }

    private static boolean says(IOException e, String words) {
        return reason(e).toLowerCase(Locale.ROOT).contains(words);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException || e instanceof NoSuchFileException) {
            return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
        }
        if (e instanceof FileSystemException named && named.getReason() != null) {
            return named.getFile() + ": " + named.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
