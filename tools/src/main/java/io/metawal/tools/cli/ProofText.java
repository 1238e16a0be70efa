package io.metawal.tools.cli;

import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.restore.RestoreResult;
import java.util.ArrayList;
import java.util.List;

/** What a restore has proven, and against what, in words. */
final class ProofText {
    private ProofText() {}

    static List<String> lines(RestoreResult result) {
        RestorePlan plan = result.plan();
        List<String> lines = new ArrayList<>();
        lines.add(against(plan) + ": digest " + result.digest());
        plan.comparison().text().ifPresent(lines::add);
        lines.add(chain(plan));
        lines.add(
                result.readBack()
                        ? "read back from the target and compared with what it was given"
                        : "given completely; a stream cannot be read back");
        return lines;
    }

    private static String against(RestorePlan plan) {
        return plan.target().evidence() == ResolvedPoint.Evidence.LOG
                ? "equal to what was captured"
                : "equal to the snapshot by its own digest: the log of its commit is missing or damaged";
    }

    private static String chain(RestorePlan plan) {
        String from = plan.base() == null
                ? "the beginning"
                : "snapshot " + plan.base().id();
        return plan.commits() == 0
                ? "no commits replayed after " + from
                : "chain unbroken over " + plan.commits() + " commits replayed from " + from;
    }
}
