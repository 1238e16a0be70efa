package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.tools.daemon.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several clusters in one process, each on its own: one that fails is told, and the others go on. */
final class Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final List<ClusterCapture> captures;

    Fleet(List<ClusterCapture> captures) {
        this.captures = captures;
    }

    /** Returns when all have ended; the exit code is that of the first in the list that has one other than 0. */
    int run(Status status, CompletableFuture<Void> stop) {
        List<CompletableFuture<Integer>> exits = new ArrayList<>();
        for (int n = 0; n < captures.size(); n++) {
            ClusterCapture capture = captures.get(n);
            CompletableFuture<Integer> exit = new CompletableFuture<>();
            exits.add(exit);
            new Thread(() -> exit.complete(run(capture, status, stop)), "metawal-cluster-" + (n + 1)).start();
        }
        return exits.stream()
                .map(CompletableFuture::join)
                .filter(code -> code != 0)
                .findFirst()
                .orElse(0);
    }

    private static int run(ClusterCapture capture, Status status, CompletableFuture<Void> stop) {
        try {
            return capture.runIn(status, stop);
        } catch (MetawalException e) {
            LOG.error("a cluster is not captured any more; the others are: {}", e.text());
            return e.code().number();
        } catch (RuntimeException | Error e) {
            LOG.error("a cluster is not captured any more; the others are", e);
            return ExitCode.FAILED.number();
        }
    }
}
