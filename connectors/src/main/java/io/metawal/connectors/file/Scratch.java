package io.metawal.connectors.file;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.storage.temp.TempFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new folder for one piece of work, gone with all that is in it when it is closed. */
public final class Scratch implements AutoCloseable {
    private final TempFolder folder;

    /**
     * @param parent made where it is not there
     * @param what one word for the purpose
     */
    public Scratch(Path parent, String what) {
        try {
            Files.createDirectories(parent);
        } catch (IOException e) {
            throw LocalFaults.of("cannot make a folder for temporary files in " + parent, e);
        }
        folder = TempFolder.in(parent, what);
    }

    public Path folder() {
        return folder.folder();
    }

    public Path file(String name) {
        return folder.file(name);
    }

    @Override
    public void close() {
        folder.close();
    }
}
