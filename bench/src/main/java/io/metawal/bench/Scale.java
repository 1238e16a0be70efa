package io.metawal.bench;

/**
 * How much is measured.
 *
 * @param rounds counted, after one that is not
 * @param bufferedAppends a round
 * @param durableAppends a round, of one writer; many writers make eight times as many
 * @param slowAppends a round, of one writer under a slow sync
 * @param replayCommits of the history that is replayed
 * @param restoreKeys of the history that is restored; it has five times as many changes
 * @param restoreRounds of each restore
 * @param quietSeconds in which requests are counted
 * @param pointCommits of the shortest of the three histories of {@code restore-point}
 */
record Scale(
        String name,
        int rounds,
        int bufferedAppends,
        int durableAppends,
        int slowAppends,
        int replayCommits,
        int restoreKeys,
        int restoreRounds,
        int pointCommits,
        int quietSeconds) {
    static final Scale FULL = new Scale("full", 5, 300_000, 20_000, 500, 120_000, 1_000_000, 3, 250_000, 30);
    static final Scale SMALL = new Scale("small", 3, 60_000, 2_000, 100, 20_000, 50_000, 1, 50_000, 10);
    /** Measures nothing worth knowing; shows that everything runs. */
    static final Scale TINY = new Scale("tiny", 1, 500, 20, 5, 300, 500, 1, 500, 5);
}
