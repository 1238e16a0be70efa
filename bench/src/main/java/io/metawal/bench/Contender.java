package io.metawal.bench;

/** One of those who do the same work. */
interface Contender {
    String name();

    /** Does the work once and returns the nanoseconds of what counts: not of setting up, nor of cleaning up. */
    long nanos() throws Exception;

    static Contender of(String name, Work work) {
        return new Contender() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long nanos() throws Exception {
                return work.nanos();
            }
        };
    }

    /** The work alone. */
    @FunctionalInterface
    interface Work {
        long nanos() throws Exception;
    }
}
