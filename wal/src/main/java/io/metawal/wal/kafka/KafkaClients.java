package io.metawal.wal.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes Kafka's clients with the settings that the log's promises rest on; the operator's come before our defaults. Not final, so that tests
 * can make producers that fail.
 */
class KafkaClients {
    private static final Map<String, Object> PATIENCE = Map.of(
            "request.timeout.ms", 10_000,
            "default.api.timeout.ms", 15_000,
            "reconnect.backoff.max.ms", 500,
            "enable.metrics.push", false);

    // The next group waits while the last transaction is completed, and a broker before transaction.version 2 has the
    // client ask
    // again: soon.
    private static final Map<String, Object> PRODUCER = Map.of(
            "delivery.timeout.ms", 30_000,
            "max.block.ms", 15_000,
            "transaction.timeout.ms", 60_000,
            "linger.ms", 0,
            "retry.backoff.ms", 2,
            "retry.backoff.max.ms", 200);

    private final KafkaLogConfig config;

    KafkaClients(KafkaLogConfig config) {
        this.config = config;
    }

    Producer<byte[], byte[]> producer() {
        Map<String, Object> all = defaults();
        all.putAll(PRODUCER);
        all.putAll(config.settings().clients());
        all.put("acks", "all");
        all.put("enable.idempotence", true);
        all.put("transactional.id", config.transactionalId());
        all.put("compression.type", "none");
        all.put("batch.size", Frame.PIECE_MAX);
        all.put("max.request.size", TopicRules.MESSAGE_BYTES_MIN);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Consumer<byte[], byte[]> consumer() {
        Map<String, Object> all = defaults();
        // Closing waits for a fetch that waits; and we ask only for what is there.
        all.put("fetch.max.wait.ms", 20);
        all.putAll(config.settings().clients());
        all.put("isolation.level", "read_committed");
        // Nobody may choose another place for us: where ours is gone, it is an error.
        all.put("auto.offset.reset", "none");
        all.put("enable.auto.commit", false);
        all.put("allow.auto.create.topics", false);
        all.put("check.crcs", true);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Admin admin() {
        Map<String, Object> all = defaults();
        all.putAll(config.settings().clients());
        return Admin.create(all);
    }

    private Map<String, Object> defaults() {
        Map<String, Object> all = new HashMap<>(PATIENCE);
        all.put("bootstrap.servers", config.url().bootstrap());
        return all;
    }
}
