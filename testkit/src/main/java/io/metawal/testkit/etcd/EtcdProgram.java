package io.metawal.testkit.etcd;

import io.metawal.testkit.servers.FoundServer;
import io.metawal.testkit.servers.Origin;
import io.metawal.testkit.servers.ServerCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of one version of etcd; {@code etcdctl} is that of the machine for the server of the machine and for a running one. */
record EtcdProgram(FoundServer found) {
    private static final long RUN_SECONDS_MAX = 30;
    private static final String CTL = "etcdctl";

    /** Where a program is; fails where this version does not have it. */
    Path path(String name) {
        FoundServer from = name.equals(CTL) && found.origin() != Origin.GO_MODULE ? ServerCatalog.ETCDCTL.use() : found;
        if (from.origin() == Origin.TESTCONTAINERS) {
            return EtcdImage.program(from.where(), name);
        }
        return from.programOrFail().resolveSibling(name);
    }

    /** Makes the data directory of a server's command line from a snapshot. */
    void restore(Path snapshot, List<String> server, List<String> options) {
        boolean own = found.origin() != Origin.TESTCONTAINERS
                && Files.isExecutable(found.programOrFail().resolveSibling("etcdutl"));
        List<String> line = new ArrayList<>(List.of("/usr/bin/env", "ETCDCTL_API=3"));
        line.addAll(List.of(path(own ? "etcdutl" : CTL).toString(), "snapshot", "restore", snapshot.toString()));
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

    /** Runs to the end and returns what was printed; fails where the exit code is not 0. */
    static String run(List<String> command) {
        try {
            Path out = Files.createTempFile("metawal-run-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
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
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
