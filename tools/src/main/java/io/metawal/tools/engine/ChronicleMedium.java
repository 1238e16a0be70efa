package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.chronicle.ChronicleLog;
import io.metawal.wal.chronicle.ChronicleLogConfig;
import io.metawal.wal.chronicle.ChronicleOrigin;
import io.metawal.wal.chronicle.ChronicleTail;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/** A hot log in a directory of this machine. */
public record ChronicleMedium(Path directory, String clusterId, long bytesMax, InstantSource clock)
        implements LogMedium {
    @Override
    public MetadataLog open(Position archived) {
        return ChronicleLog.open(config(archived), this::forget);
    }

    @Override
    public MetadataLog beginAnew(Position archived) {
        return ChronicleLog.reset(config(archived));
    }

    @Override
    public MetadataLog beginOther(Position archived) {
        return ChronicleLog.reset(config(archived), this::forget);
    }

    @Override
    public Optional<Position> acked() {
        return ChronicleTail.acked(directory);
    }

    /** A log that begins is not the one that was here. */
    private void forget() {
        HotLogId.forget(writer());
    }

    /** The directory of the log's writer. */
    Path writer() {
        return Objects.requireNonNull(directory.getParent());
    }

    private ChronicleLogConfig config(Position archived) {
        return ChronicleLogConfig.of(directory, clusterId, archived, clock).withBytesOnDiskMax(bytesMax);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public boolean exists() {
        return ChronicleOrigin.of(directory) != null;
    }

    @Override
    public Position origin(MetadataLog opened) {
        Position origin = ChronicleOrigin.of(directory);
        if (origin == null) {
            throw new CorruptException(directory + " does not say where its log begins");
        }
        return origin;
    }

    @Override
    public String name() {
        return directory.toString();
    }
}
