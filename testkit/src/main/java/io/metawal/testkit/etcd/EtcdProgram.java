package io.metawal.testkit.etcd;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.Programs;
import io.metawal.testkit.servers.ServerCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of one version of etcd: {@code etcd}, and {@code etcdctl} next to it, else of the PATH. */
record EtcdProgram(FoundServer found) {
    private static final long RUN_SECONDS_MAX = 30;

    /** Those of the machine, for a server that somebody else runs. */
    static EtcdProgram ofTheMachine() {
        return new EtcdProgram(ServerCatalog.ETCD
                .find()
                .orElseThrow(() -> new IllegalStateException("no etcd or etcdctl on the PATH, and no Docker engine")));
    }

    /** Where a program is; fails where this version does not have it. */
    Path path(String name) {
        if (found.origin() == Origin.TESTCONTAINERS) {
            return EtcdImage.program(found.where(), name);
        }
        Path beside = found.programOrFail().resolveSibling(name);
        return Files.isExecutable(beside)
                ? beside
                : Programs.onPath(name)
                        .orElseThrow(() -> new IllegalStateException("no program \"" + name + "\" next to "
                                + found.where() + " or on the PATH: on Debian, apt-get install etcd-client"));
    }

    /** Makes the data directory of a server's command line from a snapshot. */
    void restore(Path snapshot, List<String> server, List<String> options) {
        boolean own = found.origin() != Origin.TESTCONTAINERS
                && Files.isExecutable(found.programOrFail().resolveSibling("etcdutl"));
        List<String> line = new ArrayList<>(List.of("/usr/bin/env", "ETCDCTL_API=3"));
        line.addAll(List.of(path(own ? "etcdutl" : "etcdctl").toString(), "snapshot", "restore", snapshot.toString()));
        for (String flag : List.of(
                "--name",
                "--data-dir",
                "--initial-cluster",
                "--initial-cluster-token",
                "--initial-advertise-peer-urls")) {
            // As for the server: of a flag that is given twice, the last counts.
            line.addAll(List.of(flag, server.get(server.lastIndexOf(flag) + 1)));
        }
        line.addAll(options);
        run(line);
    }

    static Process start(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Runs to the end and returns what was printed; fails where the exit code is not 0. */
    static String run(List<String> command) {
        try {
            Path out = Files.createTempFile("metawal-run-", ".out");
            try {
                Process process = start(command, out);
                if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " did not end within " + RUN_SECONDS_MAX + " s");
                }
                String printed = Files.readString(out);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(command + " ended with " + process.exitValue() + ": " + printed);
                }
                return printed;
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
