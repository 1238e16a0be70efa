package io.metawal.pitr.plan;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.Optional;
import java.util.function.Supplier;

/** Questions to other timelines than the one that is asked for: damage there is no obstacle here (I14). */
final class Elsewhere {
    private Elsewhere() {}

    /** The answer; empty where that timeline is damaged, or parts of it are missing. */
    static <T> Optional<T> ask(Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (CorruptException
                | GapException
                | MismatchException
                | ObjectNotFoundException
                | PointNotFoundException
                | UnsupportedFormatException damagedThere) {
            return Optional.empty();
        }
    }
}
