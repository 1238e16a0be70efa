package io.metawal.storage.rocks;

import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What a failure of RocksDB means to the caller; an image is a cache, and can always be made again. */
final class RocksFaults {
    static final String REBUILD =
            "the image is only a cache: delete its directory, and it is rebuilt from the repository";

    private RocksFaults() {}

    static MetawalException of(Path directory, String deed, RocksDBException e) {
        String found = String.valueOf(e.getMessage());
        String text = "image " + directory + ": cannot " + deed + ": " + found;
        Status status = e.getStatus();
        Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
        if (code == Status.Code.Corruption || says(found, "no such file")) {
            return new CorruptException(text + ": " + REBUILD, e);
        }
        if (says(found, "/lock:")) {
            return says(found, "permission denied") ? denied(text, e) : busy(directory, e);
        }
        if (says(found, "no space left") || says(found, "quota exceeded")) {
            return new DiskFullException(text + ": the disk is full: free or add space, and start again", e);
        }
        if (says(found, "permission denied") || says(found, "read-only file system")) {
            return denied(text, e);
        }
        if (code == Status.Code.NotSupported) {
            return new UnsupportedFormatException(
                    text + ": a newer metawal may have written it: use that one, or " + REBUILD, e);
        }
        if (code == Status.Code.IOError) {
            return new UnreachableException(text, e);
        }
        return new MetawalException(ExitCode.FAILED, text, e);
    }

    static MetawalException of(Path directory, String deed, IOException e) {
        String text = "image " + directory + ": cannot " + deed + ": " + e;
        if (e instanceof AccessDeniedException) {
            return denied(text, e);
        }
        return LocalFaults.isFull(e)
                ? new DiskFullException(text + ": the disk is full: free or add space, and start again", e)
                : new UnreachableException(text, e);
    }

    private static BusyException busy(Path directory, RocksDBException e) {
        return new BusyException(
                "image " + directory + " is held by another process or image: stop that one, or give another"
                        + " directory",
                e);
    }

    private static MetawalException denied(String text, Exception e) {
        return new MetawalException(
                ExitCode.ACCESS_DENIED, text + ": grant this user read and write access to the directory", e);
    }

    private static boolean says(String message, String words) {
        return message.toLowerCase(Locale.ROOT).contains(words);
    }
}
