package io.metawal.wal.kafka;

import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UsageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's topic as an administrator sees it: made or checked, known again, cut behind the archive. Safe for several threads. */
final class KafkaTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopic.class);
    /** A broker that has just come back may not know of a topic yet. */
    private static final int LOOKS_MAX = 25;

    private static final long LOOK_NANOS = 200_000_000L;

    private final Admin admin;
    private final TopicPartition partition;
    private final Uuid id;

    private KafkaTopic(Admin admin, TopicPartition partition, Uuid id) {
        this.admin = admin;
        this.partition = partition;
        this.id = id;
    }

    /** The topic, if it is there and will do; else {@link UsageException} with every reason. */
    static @Nullable KafkaTopic find(Admin admin, KafkaLogConfig config) {
        String name = config.url().topic();
        TopicDescription description = describe(admin, name);
        if (description == null) {
            return null;
        }
        TopicRules.Found found = new TopicRules.Found(
                description.partitions().size(),
                description.partitions().get(0).replicas().size(),
                settings(admin, name));
        List<String> complaints = rules(config).complaints(found);
        if (!complaints.isEmpty()) {
            throw new UsageException(
                    "the topic of " + config.url() + " is not fit for a log: " + String.join("; ", complaints)
                            + "; change it, or name a topic that does not exist: metawal makes it");
        }
        return new KafkaTopic(admin, new TopicPartition(name, 0), description.topicId());
    }

    static boolean exists(KafkaLogConfig config) {
        try (Admin admin = new KafkaClients(config).admin()) {
            return describe(admin, config.url().topic()) != null;
        } catch (KafkaException e) {
            throw KafkaFaults.typed("cannot look for " + config.url(), e);
        }
    }

    static KafkaTopic make(Admin admin, KafkaLogConfig config) {
        TopicRules rules = rules(config);
        int brokers = KafkaFaults.answer(admin.describeCluster().nodes()).size();
        NewTopic wanted =
                new NewTopic(config.url().topic(), 1, (short) rules.replicasFor(brokers)).configs(rules.made(brokers));
        try {
            KafkaFaults.answer(admin.createTopics(List.of(wanted), new CreateTopicsOptions())
                    .all());
        } catch (TopicExistsException e) {
            LOG.debug("somebody else made {} just now", config.url());
        }
        for (int looks = 0; ; looks++) {
            KafkaTopic made = find(admin, config);
            if (made != null) {
                return made;
            }
            if (looks == LOOKS_MAX) {
                throw gone(config.url().topic());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static TopicRules rules(KafkaLogConfig config) {
        return new TopicRules(config.settings().replicas(), config.settings().minInsyncReplicas());
    }

    private static @Nullable TopicDescription describe(Admin admin, String name) {
        try {
            return KafkaFaults.answer(admin.describeTopics(List.of(name)).allTopicNames())
                    .get(name);
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    private static Map<String, String> settings(Admin admin, String name) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Map<String, String> settings = new HashMap<>();
        KafkaFaults.answer(admin.describeConfigs(List.of(resource)).all())
                .values()
                .forEach(config -> config.entries().forEach(entry -> settings.put(entry.name(), entry.value())));
        return settings;
    }

    TopicPartition partition() {
        return partition;
    }

    Uuid id() {
        return id;
    }

    /** Throws {@link SourceChangedException} where the topic is no longer the one that was opened. */
    void checkSame() {
        TopicDescription now = describe(admin, partition.topic());
        for (int looks = 0; now == null && looks < LOOKS_MAX; looks++) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = describe(admin, partition.topic());
        }
        if (now == null) {
            throw gone(partition.topic());
        }
        if (!now.topicId().equals(id)) {
            throw new SourceChangedException("the topic " + partition.topic() + " was deleted and made anew (id "
                    + now.topicId() + ", it was " + id + "): the commits that were not archived are lost");
        }
    }

    private static SourceChangedException gone(String topic) {
        return new SourceChangedException(
                "the topic " + topic + " is gone: the commits that were not archived are lost");
    }

    /** The first offset that can be read. */
    long beginning() {
        return offset(OffsetSpec.earliest());
    }

    /** One past the last offset, open transactions included. */
    long end() {
        return offset(OffsetSpec.latest());
    }

    private long offset(OffsetSpec spec) {
        var answer =
                admin.listOffsets(Map.of(partition, spec), new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
        return KafkaFaults.answer(answer.partitionResult(partition)).offset();
    }

    /** Deletes what is before an offset, some time; where that fails, the next time deletes it too. */
    void deleteBefore(long offset) {
        var unused = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .all()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("cannot trim {} before offset {}: {}", partition, offset, failure.toString());
                    }
                });
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
