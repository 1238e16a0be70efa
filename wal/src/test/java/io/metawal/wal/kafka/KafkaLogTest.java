package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.wal.MetadataLogContract;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/** The log on a broker that works; see {@link KafkaFailureTest} for one that does not. */
class KafkaLogTest extends MetadataLogContract {
    private static final KafkaLogConfig.Limits SMALL =
            new KafkaLogConfig.Limits(8 << 10, 8 << 10, Long.MAX_VALUE, 16 << 10, Duration.ofSeconds(20));

    private final KafkaBroker broker = KafkaBroker.shared();

    private KafkaLogConfig config(String topic, Position start) {
        return KafkaLogConfig.of(KafkaUrl.parse(broker.url(topic)), "cluster-1", start, InstantSource.system())
                .with(SMALL);
    }

    @Override
    protected MetadataLog open(Position start, long bytesMax) {
        return KafkaLog.open(config("log-" + UUID.randomUUID(), start).withBytesOnDiskMax(bytesMax));
    }
}
