package io.metawal.connectors.risingwave.simulated;

/** Where a simulated meta node keeps its rows. */
@FunctionalInterface
public interface MetaStore {
    /** Does all of it or, throwing, nothing. */
    void commit(MetaTransaction transaction);
}
