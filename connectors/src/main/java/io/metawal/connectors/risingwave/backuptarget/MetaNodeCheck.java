package io.metawal.connectors.risingwave.backuptarget;

import java.util.Optional;

/** Asks whether a meta node lives: it keeps the backup's manifest in memory, and writes it over what others wrote. */
@FunctionalInterface
public interface MetaNodeCheck {
    /** What is known of the living one, for messages; empty where none is seen. */
    Optional<String> livingNode();
}
