package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.tools.cli.ClusterCapture.Progress;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which failures are taken for the end of the process, and which for what they are. */
class ShutdownFaultsTest {
    private final IllegalStateException ending = new IllegalStateException("Shutdown in progress");

    @Test
    void whatTheEndOfTheProcessCausesIsKnownByTypeAndText() {
        assertThat(ShutdownFaults.causes(ending)).isTrue();
        assertThat(ShutdownFaults.causes(new MetawalException(ExitCode.FAILED, "a library", ending)))
                .isTrue();
        Throwable first = new ExceptionInInitializerError(ending);
        assertThat(ShutdownFaults.causes(first)).isTrue();
        assertThat(ShutdownFaults.causes(new NoClassDefFoundError(
                        "Could not initialize class a.B: java.lang.IllegalStateException: Shutdown in progress")))
                .isTrue();
    }

    @Test
    void whatAServerSaysIsNone() {
        assertThat(ShutdownFaults.causes(new MetawalException(
                        ExitCode.UNREACHABLE, "etcd: Shutdown in progress", new IOException("Shutdown in progress"))))
                .isFalse();
        assertThat(ShutdownFaults.causes(new IllegalStateException("closed"))).isFalse();
    }

    @Test
    void aCaptureThatBeganFailsByTheEndOfTheProcessToo() {
        MetawalException flush = new MetawalException(ExitCode.UNREACHABLE, "the last flush failed", ending);
        assertThat(RunCommand.exit(flush, List.of(Progress.STARTING))).isZero();
        assertThat(RunCommand.exit(flush, List.of())).isZero();
        assertThat(RunCommand.exit(flush, List.of(Progress.CAPTURING))).isEqualTo(ExitCode.UNREACHABLE.number());
        assertThat(RunCommand.exit(ending, List.of(Progress.STARTING, Progress.CAPTURING)))
                .isEqualTo(ExitCode.FAILED.number());
        assertThat(RunCommand.exit(new IllegalStateException("closed"), List.of(Progress.STARTING)))
                .isEqualTo(ExitCode.FAILED.number());
    }
}
