package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for its version may be anything that has the name of a server. */
@Tag("process")
class ProgramsTest {
    @TempDir
    Path directory;

    private Path program(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("program"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @Test
    void aVersionIsTheFirstNumberThatIsPrinted() throws Exception {
        assertThat(Programs.version(program("#!/bin/sh\necho \"server 3.4.23 of 2024.1\"\n"), "--version"))
                .isEqualTo("3.4.23");
        assertThat(Programs.version(program("#!/bin/sh\necho 3.4.23\nexit 1\n"), "--version"))
                .isEqualTo("?");
    }

    @Test
    void aFileThatIsNoProgramPrintsNothing() throws Exception {
        assertThat(Programs.version(program("\u007fELF of another system"), "--version"))
                .isEqualTo("?");
        assertThat(Programs.printed(directory.resolve("missing"))).isEmpty();
    }

    @Test
    void aProgramThatDoesNotEndIsEnded() throws Exception {
        assertThat(Programs.printed(300, program("#!/bin/sh\necho 3.4.23\nsleep 300\n")))
                .isEmpty();
    }

    /** A child that it leaves keeps what it printed to open. */
    @Test
    void aProgramThatLeavesAChildIsNotWaitedFor() throws Exception {
        assertThat(Programs.printed(program("#!/bin/sh\nsleep 2 &\necho 3.4.23\n")))
                .isEqualTo("3.4.23\n");
    }
}
