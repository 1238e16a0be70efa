package io.metawal.pitr.verify;

import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.storage.object.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects findings; a look at one object that fails does not end the look at the rest. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    void error(String kind, ObjectKey object, String detail) {
        add(new Finding(Finding.Severity.ERROR, kind, object.value(), detail));
    }

    void add(Finding finding) {
        if (!all.contains(finding)) {
            all.add(finding);
        }
    }

    /** Runs a check; what it throws becomes a finding on this object. True where it threw nothing. */
    boolean check(ObjectKey object, Runnable check) {
        try {
            check.run();
            return true;
        } catch (MetawalException e) {
            if (e.code().mayPass()) {
                throw e;
            }
            error(kind(e), object, e.text());
            return false;
        }
    }

    private static String kind(MetawalException e) {
        if (e instanceof ObjectNotFoundException || e instanceof GapException) {
            return "missing";
        }
        return e instanceof MismatchException ? "chain" : "damaged";
    }

    List<Finding> all() {
        return all;
    }

    /** The objects that something is wrong with. */
    Set<String> inError() {
        return all.stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .map(Finding::object)
                .collect(Collectors.toSet());
    }

    boolean hasErrors() {
        return all.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR);
    }
}
