package io.metawal.wal.kafka;

import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an operator may set, as {@code key=value}: {@code topic.*} is about the topic, the rest goes to Kafka's clients as it is, such
 * as {@code security.protocol}. What the log's promises rest on cannot be set.
 *
 * @param replicas of a topic made here; 0 for min(3, brokers)
 * @param minInsyncReplicas at least so many must have what is acknowledged; 0 for 2 where there are three replicas, else 1
 */
public record KafkaSettings(int replicas, int minInsyncReplicas, Trimming trimming, Map<String, String> clients) {
    public static final KafkaSettings DEFAULT = of(Map.of());

    private static final String REPLICAS = "topic.replication.factor";
    private static final String MIN_INSYNC = "topic.min.insync.replicas";
    private static final String TRIMMING = "topic.trimming";
    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "acks",
            "enable.idempotence",
            "transactional.id",
            "max.in.flight.requests.per.connection",
            "compression.type",
            "isolation.level",
            "auto.offset.reset",
            "enable.auto.commit",
            "allow.auto.create.topics",
            "group.id",
            "check.crcs",
            "max.request.size",
            "batch.size",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer");

    /** Whether what is archived is deleted from the topic. */
    public enum Trimming {
        ARCHIVED,
        NEVER
    }

    public KafkaSettings {
        clients = Map.copyOf(clients);
    }

    public static KafkaSettings of(Map<String, String> given) {
        Map<String, String> rest = new HashMap<>(given);
        int replicas = number(rest, REPLICAS);
        int minInsync = number(rest, MIN_INSYNC);
        Trimming trimming = trimming(rest.remove(TRIMMING));
        for (String key : new TreeMap<>(rest).keySet()) {
            if (OURS.contains(key)) {
                throw new UsageException(
                        "\"" + key + "\" cannot be set for the log on Kafka: its promises rest on what metawal sets");
            }
            if (key.startsWith("topic.")) {
                throw new UsageException("\"" + key + "\" is not known: expected " + REPLICAS + ", " + MIN_INSYNC + ", "
                        + TRIMMING + ", or a setting of Kafka's clients");
            }
        }
        return new KafkaSettings(replicas, minInsync, trimming, rest);
    }

    /** From a file of {@code key=value} lines. */
    public static KafkaSettings read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("cannot read the Kafka properties " + file + ": " + e, e);
        }
        Map<String, String> given = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> given.put(key, properties.getProperty(key)));
        return of(given);
    }

    private static int number(Map<String, String> given, String key) {
        String text = given.remove(key);
        if (text == null) {
            return 0;
        }
        if (!text.matches("[1-9][0-9]?")) {
            throw new UsageException(key + " is \"" + text + "\": expected a number from 1 to 99");
        }
        return Integer.parseInt(text);
    }

    private static Trimming trimming(@org.jspecify.annotations.Nullable String text) {
        if (text == null || text.equals("archived")) {
            return Trimming.ARCHIVED;
        }
        if (text.equals("never")) {
            return Trimming.NEVER;
        }
        throw new UsageException(TRIMMING + " is \"" + text + "\": expected archived or never");
    }
}
