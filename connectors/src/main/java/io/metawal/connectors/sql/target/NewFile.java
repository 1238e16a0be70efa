package io.metawal.connectors.sql.target;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.LocalFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An SQLite file that a restore with {@code --create-schema} makes, with mode 0600; removed where the restore does not finish. */
final class NewFile {
    private static final Logger LOG = LoggerFactory.getLogger(NewFile.class);

    /** What SQLite has beside a file while it is written to, and leaves there where the disk is full. */
    private static final List<String> JOURNALS = List.of("-journal", "-wal", "-shm");

    private final Path file;

    private NewFile(Path file) {
        this.file = file;
    }

    static boolean isWanted(SqlUrl url, SqlTargetOptions.Schema schema) {
        return url.engine() == SqlEngine.SQLITE
                && schema == SqlTargetOptions.Schema.CREATE
                && !Files.exists(url.path());
    }

    static void check(SqlUrl url) {
        PublishedFile.check(url.path());
    }

    /** @param bytesMin that the file needs in any case: what might fit is tried */
    static void requireRoom(SqlUrl url, long bytesMin) {
        PublishedFile.requireRoom(url.path(), bytesMin);
    }

    static NewFile make(SqlUrl url) {
        check(url);
        try {
            return new NewFile(PublishedFile.createOwnerOnly(url.path()));
        } catch (IOException e) {
            throw LocalFaults.of("cannot make " + url.path(), e);
        }
    }

    void remove() {
        deleted(file);
        JOURNALS.forEach(ending -> deleted(Path.of(file + ending)));
    }

    private static void deleted(Path made) {
        try {
            Files.deleteIfExists(made);
        } catch (IOException e) {
            LOG.warn("{}, made for a restore that did not finish, cannot be removed: {}", made, e.toString());
        }
    }
}
