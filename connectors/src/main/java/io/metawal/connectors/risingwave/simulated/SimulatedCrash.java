package io.metawal.connectors.risingwave.simulated;

/** The meta node ends here, between two transactions. */
final class SimulatedCrash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("the simulated meta node ends here");
    }
}
