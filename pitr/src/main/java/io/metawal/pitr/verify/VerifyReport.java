package io.metawal.pitr.verify;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.pitr.plan.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param restorable what can be restored in spite of the findings; null where even that cannot be said */
public record VerifyReport(
        Level level, List<Finding> findings, @Nullable Window restorable) {
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    /** With what was found elsewhere. */
    public VerifyReport with(Finding finding) {
        List<Finding> more = new ArrayList<>(findings);
        more.add(finding);
        return new VerifyReport(level, more, restorable);
    }

    /** DONE where nothing but notes was found; else by the worst finding. */
    public ExitCode exit() {
        if (has("gap")) {
            return ExitCode.GAP;
        }
        if (has("missing") || has("damaged") || has("misplaced")) {
            return ExitCode.CORRUPT;
        }
        if (has("chain") || has("digest")) {
            return ExitCode.MISMATCH;
        }
        return findings.stream().anyMatch(f -> f.severity() != Finding.Severity.INFO)
                ? ExitCode.WARNINGS
                : ExitCode.DONE;
    }

    private boolean has(String kind) {
        return findings.stream()
                .anyMatch(
                        f -> f.severity() == Finding.Severity.ERROR && f.kind().equals(kind));
    }
}
