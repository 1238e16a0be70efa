package io.metawal.tools.cli;

import io.metawal.tools.engine.ChronicleMedium;
import io.metawal.tools.engine.KafkaMedium;
import io.metawal.tools.engine.KafkaWal;
import io.metawal.tools.engine.LogMedium;
import io.metawal.wal.kafka.KafkaSettings;
import io.metawal.wal.kafka.KafkaUrl;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What is named by {@code --wal}, and by {@code --from} and {@code --to} of {@code wal copy}. */
final class WalPlace {
    private WalPlace() {}

    static KafkaWal kafka(String url, @Nullable Path properties) {
        KafkaSettings settings = properties == null ? KafkaSettings.DEFAULT : KafkaSettings.read(properties);
        return new KafkaWal(KafkaUrl.parse(url), settings);
    }

    /** A log to be copied: without bounds, and without a note of what this machine acknowledged in another. */
    static LogMedium copied(String wal, @Nullable Path properties, String clusterId, InstantSource clock) {
        return KafkaUrl.names(wal)
                ? new KafkaMedium(kafka(wal, properties), clusterId, null, Long.MAX_VALUE, clock)
                : new ChronicleMedium(Path.of(wal).toAbsolutePath().resolve("log"), clusterId, Long.MAX_VALUE, clock);
    }
}
