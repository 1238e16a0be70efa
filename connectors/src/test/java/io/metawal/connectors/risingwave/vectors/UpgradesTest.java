package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.MetaNodeStart;
import io.metawal.connectors.risingwave.simulated.RandomDeltas;
import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cluster of one release that is upgraded to a later one in mid-flight, captured all the while: no gap, and at random points the captured
 * version is the cluster's. The deltas are random; what applies them is compared with RisingWave's own code in {@link SecondReaderVectorsTest}.
 */
@Tag("slow")
class UpgradesTest {
    private static final int STEPS = 60;
    private static final int POINTS_EVERY = 6;

    static Stream<Arguments> upgrades() {
        List<Arguments> pairs = new ArrayList<>();
        for (SimulatedRelease from : SimulatedRelease.values()) {
            for (SimulatedRelease to : SimulatedRelease.values()) {
                if (from.minor() > SimulatedRelease.V2_0.minor() && from.minor() < to.minor()) {
                    pairs.add(Arguments.of(from, to));
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void anUpgradeIsFollowedWithoutAGap(SimulatedRelease from, SimulatedRelease to) {
        Seeded.check(1, random -> new Cluster(random, from).run(to));
    }

    private static final class Cluster {
        private final RandomGenerator random;
        private final FoldedCapture capture;
        private SimulatedRelease release;
        private RandomDeltas deltas;
        private HummockVersion version = RandomDeltas.first();

        Cluster(RandomGenerator random, SimulatedRelease release) {
            this.random = random;
            this.release = release;
            this.deltas = new RandomDeltas(random.nextLong(), release).withoutLateCompactions();
            this.capture = new FoldedCapture(version, new HummockDialect(release.minor()));
        }

        void run(SimulatedRelease to) {
            steps();
            release = to;
            version = MetaNodeStart.of(version, to);
            deltas = new RandomDeltas(random.nextLong(), to, version).withoutLateCompactions();
            capture.upgrade(new HummockDialect(to.minor()));
            steps();
            capture.checkpointed(version);
            assertThat(capture.gaps()).isEmpty();
            assertThat(Differences.first(capture.version(), version)).isEmpty();
            assertThat(capture.image()).containsKey(RwSpaces.VERSION_COMPARED);
        }

        private void steps() {
            for (int n = 0; n < STEPS; n++) {
                HummockVersionDelta delta = deltas.next(version);
                version = WholeVersion.apply(version, delta, release);
                capture.take(delta);
                assertThat(capture.gaps()).as("after %s", delta).isEmpty();
                if (random.nextInt(POINTS_EVERY) == 0) {
                    capture.checkpointed(version);
                    assertThat(Differences.first(capture.version(), version)).isEmpty();
                }
            }
        }
    }
}
