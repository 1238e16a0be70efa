/** A real Kafka broker for tests, in a process of its own, which can be killed, frozen and brought back. */
@NullMarked
package io.metawal.testkit.kafka;

import org.jspecify.annotations.NullMarked;
