package io.metawal.testkit.sql;

import java.nio.file.Path;
import java.util.Optional;

/** One server under test, however it is run. Ends only what it began itself. */
interface ServerRun extends AutoCloseable {
    /** Begins it on its port and data; returns at once. */
    void begin();

    /** As kill -9; nothing of it runs any more when this returns. */
    void kill();

    /** Asks it to end without waiting for its clients, and waits. */
    void stop();

    /** Fails, with the end of what it printed, where it has ended by itself; else waits a moment. */
    void pause() throws InterruptedException;

    /** The end of what it printed. */
    String tail();

    /** The process, where it is one of this machine and runs. */
    Optional<Process> process();

    /** Its data, where they are on this machine. */
    Optional<Path> data();

    /** Ends it and removes its data. */
    @Override
    void close();
}
