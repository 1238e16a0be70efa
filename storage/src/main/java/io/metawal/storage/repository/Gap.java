package io.metawal.storage.repository;

/**
 * A hole in the history: what happened between two commits is not known.
 *
 * @param afterSeq the last commit before it; the next one is a new base
 */
public record Gap(
        int timeline,
        long afterSeq,
        long epochBefore,
        long timeMicrosBefore,
        long epochAfter,
        long timeMicrosAfter,
        String reason) {}
