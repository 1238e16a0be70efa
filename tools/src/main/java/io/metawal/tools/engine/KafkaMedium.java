package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.kafka.KafkaLog;
import io.metawal.wal.kafka.KafkaLogConfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hot log on Kafka.
 *
 * @param noteDirectory where this machine notes how far was acknowledged; null for nowhere
 */
public record KafkaMedium(
        KafkaWal wal, String clusterId, @Nullable Path noteDirectory, long bytesMax, InstantSource clock)
        implements LogMedium {
    @Override
    public MetadataLog open(Position archived) {
        return KafkaLog.open(config(archived));
    }

    @Override
    public MetadataLog beginAnew(Position archived) {
        return KafkaLog.reset(config(archived));
    }

    @Override
    public MetadataLog beginOther(Position archived) {
        return beginAnew(archived);
    }

    @Override
    public Optional<Position> acked() {
        return Optional.empty();
    }

    private KafkaLogConfig config(Position archived) {
        KafkaLogConfig config = KafkaLogConfig.of(wal.url(), clusterId, archived, clock)
                .with(wal.settings())
                .withBytesOnDiskMax(bytesMax);
        return noteDirectory == null ? config : config.in(noteDirectory);
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public boolean exists() {
        return KafkaLog.exists(config(Position.START));
    }

    @Override
    public Position origin(MetadataLog opened) {
        return ((KafkaLog) opened).origin();
    }

    @Override
    public String name() {
        return wal.url().toString();
    }
}
