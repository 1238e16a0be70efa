package io.metawal.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lets contenders work in turn, round after round, so that what else the machine does meets all of them. */
final class Rounds {
    private Rounds() {}

    /** What one contender took, a round each, sorted. */
    record Times(String name, long[] nanos) {
        double medianSeconds() {
            int middle = nanos.length / 2;
            double median = nanos.length % 2 == 1 ? nanos[middle] : (nanos[middle - 1] + nanos[middle]) / 2.0;
            return median / 1e9;
        }

        double rate(double things) {
            return things / medianSeconds();
        }

        /** How far apart the rounds were: the slowest over the fastest. */
        double spread() {
            return (double) nanos[nanos.length - 1] / nanos[0];
        }
    }

    /** One round that is not counted, then {@code rounds} that are. */
    static List<Times> measure(int rounds, List<Contender> contenders) throws Exception {
        for (Contender contender : contenders) {
            contender.nanos();
        }
        return measureCold(rounds, contenders);
    }

    /** Every round counts: for work in a process of its own, which has nothing to warm up. */
    static List<Times> measureCold(int rounds, List<Contender> contenders) throws Exception {
        long[][] nanos = new long[contenders.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int n = 0; n < contenders.size(); n++) {
                nanos[n][round] = Math.max(1, contenders.get(n).nanos());
            }
        }
        List<Times> times = new ArrayList<>();
        for (int n = 0; n < contenders.size(); n++) {
            Arrays.sort(nanos[n]);
            times.add(new Times(contenders.get(n).name(), nanos[n]));
        }
        return times;
    }
}
