package io.metawal.snapshotter;

/** The measured cost of replaying a byte of log: a moving average that follows the machine it runs on. For one thread. */
final class ReplayRate {
    private static final double WEIGHT = 0.2;
    private double nanosPerByte;

    void measured(long bytes, long nanos) {
        if (bytes <= 0) {
            return;
        }
        double sample = (double) nanos / bytes;
        nanosPerByte = nanosPerByte == 0 ? sample : nanosPerByte * (1 - WEIGHT) + sample * WEIGHT;
    }

    double nanosPerByte() {
        return nanosPerByte;
    }
}
