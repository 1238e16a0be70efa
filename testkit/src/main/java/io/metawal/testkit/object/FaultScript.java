package io.metawal.testkit.object;

import io.metawal.testkit.object.StoreCall.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which calls go wrong, and how. A rule counts the calls that it concerns from when it was made, and strikes once. */
final class FaultScript {
    private final List<Rule> rules = new ArrayList<>();
    private int struck;

    synchronized void add(Predicate<Kind> kinds, int nth, Fault fault) {
        if (nth < 1) {
            throw new IllegalArgumentException("calls are counted from 1, found " + nth);
        }
        rules.add(new Rule(kinds, nth, fault));
    }

    synchronized void clear() {
        rules.clear();
    }

    synchronized int struck() {
        return struck;
    }

    /** What this call has coming; null where nothing. */
    synchronized @Nullable Fault next(Kind kind) {
        Rule strikes = null;
        for (Rule rule : rules) {
            if (rule.counts(kind) && strikes == null) {
                strikes = rule;
            }
        }
        if (strikes == null) {
            return null;
        }
        rules.remove(strikes);
        struck++;
        return strikes.fault;
    }

    private static final class Rule {
        private final Predicate<Kind> kinds;
        private final Fault fault;
        private int left;

        Rule(Predicate<Kind> kinds, int nth, Fault fault) {
            this.kinds = kinds;
            this.left = nth;
            this.fault = fault;
        }

        boolean counts(Kind called) {
            return kinds.test(called) && --left <= 0;
        }
    }
}
