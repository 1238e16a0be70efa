package io.metawal.connectors.risingwave.simulated;

/** A version delta that asks for what the version does not have. */
public final class DoesNotFit extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    DoesNotFit(String message) {
        super(message);
    }

    static void unless(boolean fits, String message) {
        if (!fits) {
            throw new DoesNotFit(message);
        }
    }
}
