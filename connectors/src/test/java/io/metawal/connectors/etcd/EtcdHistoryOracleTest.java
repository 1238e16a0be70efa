package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.EtcdHistoryCase.Episode;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of a real etcd behind a network that delays, holds, cuts and changes the order of answers, with compactions at every
 * moment, kills, snapshots put back in place under a living and under a stopped capture, lost data, bumped revisions, and members replaced.
 * Each has an {@link Episode} of the kind that goes wrong in silence where one of the capture's safeguards is missing. In the end the
 * captured state is etcd's. Every commit is what etcd held at its revision, up to a gap. Or the capture says that the operator must decide.
 */
@Tag("server")
class EtcdHistoryOracleTest {
    private static final long FIRST_SEED = 20261130;

    /** By seed, so that any ten seeds in a row have all of them, and those twice that only one safeguard finds. */
    private static final List<Episode> EPISODES = List.of(
            Episode.PUT_BACK,
            Episode.WRITTEN_AGAIN,
            Episode.LEFT_OUT,
            Episode.SWALLOWED,
            Episode.MEMBER_REPLACED,
            Episode.PUT_BACK,
            Episode.WRITTEN_AGAIN,
            Episode.LEFT_OUT,
            Episode.SWALLOWED,
            Episode.PUT_BACK_WHILE_STOPPED);

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostInSilence() {
        Seeded.checkSeeds(FIRST_SEED, EPISODES.size(), seed -> {
            Episode episode = EPISODES.get((int) (seed % EPISODES.size()));
            try (EtcdHistoryCase run = new EtcdHistoryCase(Seeded.random(seed), episode, directory)) {
                run.run();
            }
        });
    }
}
