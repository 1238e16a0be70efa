/** The hot log on Kafka: the only package that names it. {@code docs/decisions/0004-kafka.md} says what Kafka gives and what is done here. */
@NullMarked
package io.metawal.wal.kafka;

import org.jspecify.annotations.NullMarked;
