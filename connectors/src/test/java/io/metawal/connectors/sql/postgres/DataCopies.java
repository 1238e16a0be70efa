package io.metawal.connectors.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Copies of a server's files, with owners and modes: the server does not run as the test does. */
final class DataCopies {
    private DataCopies() {}

    static void copy(Path from, Path to) throws IOException, InterruptedException {
        remove(to);
        run("cp", "-a", from.toString(), to.toString());
    }

    /** All files get the folder's owner. */
    static void own(Path folder) throws IOException, InterruptedException {
        run("chown", "-R", "--reference=" + folder, folder.toString());
    }

    static void remove(Path folder) throws IOException, InterruptedException {
        run("rm", "-rf", folder.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }
}
