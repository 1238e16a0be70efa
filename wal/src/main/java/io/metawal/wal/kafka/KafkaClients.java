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

/** Makes Kafka's clients with the settings that the log's promises rest on; the operator's come before our defaults. */
final class KafkaClients {
    private static final Map<String, Object> PATIENCE = Map.of(
            "request.timeout.ms", 10_000,
            "default.api.timeout.ms", 15_000,
            "reconnect.backoff.max.ms", 500,
            "enable.metrics.push", false);

    /**
     * A group is one transaction, and the next waits while the last is completed: these say how long. The broker has
     * {@code add.partitions.to.txn.retry.backoff.ms} for the same.
     */
    private static final Map<String, Object> PRODUCER = Map.of(
            "delivery.timeout.ms", 30_000,
            "max.block.ms", 15_000,
            "transaction.timeout.ms", 60_000,
            "linger.ms", 0,
            "retry.backoff.ms", 2,
            "retry.backoff.max.ms", 200);

    private KafkaClients() {}

    static Producer<byte[], byte[]> producer(KafkaLogConfig config) {
        Map<String, Object> all = defaults(config);
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

    static Consumer<byte[], byte[]> consumer(KafkaLogConfig config) {
        Map<String, Object> all = defaults(config);
        all.putAll(config.settings().clients());
        all.put("isolation.level", "read_committed");
        // Nobody may choose another place for us: where ours is gone, it is an error.
        all.put("auto.offset.reset", "none");
        all.put("enable.auto.commit", false);
        all.put("allow.auto.create.topics", false);
        all.put("check.crcs", true);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Admin admin(KafkaLogConfig config) {
        Map<String, Object> all = defaults(config);
        all.putAll(config.settings().clients());
        return Admin.create(all);
    }

    private static Map<String, Object> defaults(KafkaLogConfig config) {
        Map<String, Object> all = new HashMap<>(PATIENCE);
        all.put("bootstrap.servers", config.url().bootstrap());
        return all;
    }
}
