package io.metawal.connectors.risingwave.fold;

import java.util.concurrent.Executor;

/** Runs each task on a daemon thread of its own; for few tasks. */
final class DaemonExecutor implements Executor {
    private final String name;

    DaemonExecutor(String name) {
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
