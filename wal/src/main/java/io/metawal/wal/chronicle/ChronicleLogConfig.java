package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.Position;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * How a hot log is kept.
 *
 * @param start where a new log goes on from; an existing one knows its own
 * @param durability when an append is acknowledged
 */
public record ChronicleLogConfig(
        Path directory,
        String clusterId,
        Position start,
        Durability durability,
        Limits limits,
        Forcer forcer,
        InstantSource clock) {
    /** When an append is acknowledged. */
    public enum Durability {
        /** Once it is on disk. */
        LOCAL,
        /** Once it is in the page cache: kept when the process dies, not when the machine does. */
        BUFFERED
    }

    /**
     * Bounds, in bytes.
     *
     * @param rollBytes a file is left for the next after so many; trimming goes by whole files
     * @param bytesOnDiskMax at this the log takes nothing more until it is trimmed
     * @param freeBytesMin nor when the disk has less free than this: writing to a mapping on a full disk kills the process
     * @param inFlightBytesMax of drafts that wait for their place; more wait in their callers
     */
    public record Limits(long rollBytes, long bytesOnDiskMax, long freeBytesMin, long inFlightBytesMax) {
        public static final Limits DEFAULT = new Limits(64L << 20, 8L << 30, 256L << 20, 4L << 20);
    }

    public static ChronicleLogConfig of(Path directory, String clusterId, Position start, InstantSource clock) {
        return new ChronicleLogConfig(
                directory, clusterId, start, Durability.LOCAL, Limits.DEFAULT, Forcer.REAL, clock);
    }

    public ChronicleLogConfig with(Limits other) {
        return new ChronicleLogConfig(directory, clusterId, start, durability, other, forcer, clock);
    }

    public ChronicleLogConfig with(Durability other) {
        return new ChronicleLogConfig(directory, clusterId, start, other, limits, forcer, clock);
    }

    public ChronicleLogConfig with(Forcer other) {
        return new ChronicleLogConfig(directory, clusterId, start, durability, limits, other, clock);
    }

    public ChronicleLogConfig withBytesOnDiskMax(long bytes) {
        return with(new Limits(limits.rollBytes(), bytes, limits.freeBytesMin(), limits.inFlightBytesMax()));
    }

    Path queueDirectory() {
        return directory.resolve("queue");
    }
}
