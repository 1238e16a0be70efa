package io.metawal.testkit.sql;

import io.metawal.testkit.servers.ServerDirectory;
import io.metawal.testkit.servers.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A server as a process of this machine, with its directory. */
final class ProcessRun implements ServerRun {
    private static final long TRY_MILLIS = 10;

    private final ServerProcess server;
    private final ServerDirectory directory;
    private final String stopSignal;

    /** {@code stopSignal} is what makes the server end in order without waiting for its clients, as kill(1) names it. */
    ProcessRun(List<String> command, ServerDirectory directory, String stopSignal) {
        this.server = ServerProcess.logging(command, directory.log());
        this.directory = directory;
        this.stopSignal = stopSignal;
    }

    @Override
    public void begin() {
        var unused = server.begin();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void stop() {
        server.stop(stopSignal);
    }

    @Override
    public void pause() throws InterruptedException {
        server.failIfEnded(TRY_MILLIS);
    }

    @Override
    public String tail() {
        return server.tail();
    }

    @Override
    public Optional<Process> process() {
        return server.process();
    }

    @Override
    public Optional<Path> data() {
        return Optional.of(directory.data());
    }

    @Override
    public void close() {
        kill();
        directory.delete();
    }
}
