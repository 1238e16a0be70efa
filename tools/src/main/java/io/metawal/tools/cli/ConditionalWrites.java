package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.verify.Finding;
import io.metawal.storage.object.ConditionalCreateProbe;
import io.metawal.storage.object.ObjectStore;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Option;

/** Whether the store keeps two writers apart: tried before anything is written to a service, since some take the condition and ignore it. */
final class ConditionalWrites {
    @Option(
            names = "--single-writer-i-promise",
            description = "use a store that cannot keep two writers apart; there must never be two")
    private boolean promised;

    /** Fails where it does not, unless the operator promised. */
    void require(ObjectStore store) {
        if (!promised) {
            probe(store).require();
        }
    }

    /** The same as a finding of {@code verify}. */
    Optional<Finding> finding(ObjectStore store) {
        if (promised) {
            return Optional.empty();
        }
        try {
            return probe(store).holds()
                    ? Optional.empty()
                    : Optional.of(new Finding(
                            Finding.Severity.WARNING,
                            "unconditional",
                            ConditionalCreateProbe.FOLDER,
                            "the store ignores the condition that a create may not overwrite: two writers would not"
                                    + " exclude each other"));
        } catch (MetawalException e) {
            if (e.code() != ExitCode.ACCESS_DENIED) {
                throw e;
            }
            return Optional.of(new Finding(
                    Finding.Severity.INFO,
                    "untried",
                    ConditionalCreateProbe.FOLDER,
                    "whether the store keeps two writers apart was not tried, for want of permission to write"));
        }
    }

    private static ConditionalCreateProbe probe(ObjectStore store) {
        return new ConditionalCreateProbe(store, UUID.randomUUID().toString());
    }
}
