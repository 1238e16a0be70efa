package io.metawal.tools.engine;

import io.metawal.wal.kafka.KafkaSettings;
import io.metawal.wal.kafka.KafkaUrl;

/** A hot log on Kafka, as it was asked for. */
public record KafkaWal(KafkaUrl url, KafkaSettings settings) {}
