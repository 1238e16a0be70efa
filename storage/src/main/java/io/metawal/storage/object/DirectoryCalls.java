package io.metawal.storage.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The calls that make an object appear for good: a port, since no real disk fails when a test wants it to. */
interface DirectoryCalls {
    DirectoryCalls REAL = new DirectoryCalls() {
        @Override
        public void link(Path from, Path to) throws IOException {
            Files.createLink(to, from);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void force(Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** Gives the file a second name, which must be free. */
    void link(Path from, Path to) throws IOException;

    /** Renames the file over what is there, atomically. */
    void move(Path from, Path to) throws IOException;

    /** Makes the names in the folder survive a power loss. */
    void force(Path folder) throws IOException;
}
