package io.metawal.tools.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SealedJson;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * {@code <wal>/term.json}: the last term that this directory's writer took. Where it is still the newest, its process is dead
 * (a directory has one), and there is nobody to wait for.
 *
 * @param cluster id of the repository
 */
public record LastTerm(
        @JsonProperty("cluster") String cluster,
        @JsonProperty("term") long term) {
    private static final ObjectKey KEY = new ObjectKey("term.json");

    /** The one of a directory; term 0 where there is none, or none that can be read: then one waits. */
    public static LastTerm read(Path directory) {
        try {
            return SealedJson.read(KEY, Files.readAllBytes(directory.resolve(KEY.value())), LastTerm.class);
        } catch (NoSuchFileException | CorruptException e) {
            return new LastTerm("", 0);
        } catch (IOException e) {
            throw LocalFaults.of("cannot read " + directory.resolve(KEY.value()), e);
        }
    }

    /** Whether that is the term that this directory's writer took last. */
    public boolean is(Repository repository, long newest) {
        return term == newest && cluster.equals(repository.identity().clusterId());
    }

    void write(Path directory) {
        try {
            DurableFile.write(directory.resolve(KEY.value()), SealedJson.write(KEY, this));
        } catch (IOException e) {
            throw LocalFaults.of("cannot write " + directory.resolve(KEY.value()), e);
        }
    }
}
