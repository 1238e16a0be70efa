package io.metawal.bench;

import java.util.Locale;

/**
 * A ratio that is hoped for.
 *
 * @param against what the ratio is taken to
 */
record Aim(double least, String against) {
    String verdict(double ratio) {
        return String.format(
                Locale.ROOT, "%s of %.2f× %s", ratio >= least ? "reaches the aim" : "misses the aim", least, against);
    }
}
