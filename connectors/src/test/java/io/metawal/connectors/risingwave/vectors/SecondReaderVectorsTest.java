package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.DoesNotFit;
import io.metawal.connectors.risingwave.simulated.MetaNodeStart;
import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The simulation's own reader of deltas, which our folds are compared with where there are no vectors, is itself equal to RisingWave's at each
 * step. A release that it does not know is a failure.
 */
@Tag("slow")
class SecondReaderVectorsTest {
    private static final Map<String, SimulatedRelease> RELEASES = Map.of(
            "v2.1.5", SimulatedRelease.V2_1,
            "v2.6.3", SimulatedRelease.V2_6,
            "v2.8.5", SimulatedRelease.V2_8,
            "v3.0.3", SimulatedRelease.V3_0,
            "main-448c6570", SimulatedRelease.V3_1);

    @TestFactory
    Stream<DynamicContainer> theSecondReaderIsRisingWaves() {
        return RisingWaveVectors.releases("deltas").stream()
                .map(release -> DynamicContainer.dynamicContainer(
                        release.getFileName().toString(),
                        RisingWaveVectors.scenarios(release).stream()
                                .map(scenario ->
                                        DynamicTest.dynamicTest(scenario.name(), () -> read(release, scenario)))));
    }

    @Test
    void aReleaseThatTheSecondReaderDoesNotKnowIsAFailure() {
        assertThatThrownBy(() -> by("v9.9.9")).hasMessageContaining("v9.9.9");
    }

    private static SimulatedRelease by(String release) {
        return Objects.requireNonNull(
                RELEASES.get(release), () -> "vectors of a release that the second reader does not know: " + release);
    }

    private static void read(Path release, Scenario scenario) throws Exception {
        SimulatedRelease by = by(release.getFileName().toString());
        HummockVersion[] version = {HummockVersion.getDefaultInstance()};
        scenario.forEach(step -> {
            String where = "step " + step.number() + " (" + step.label() + ")";
            try {
                switch (step.kind()) {
                    case INIT -> version[0] = step.after();
                    case DELTA, REFUSED -> version[0] = WholeVersion.apply(version[0], step.deltaOf(), by);
                    case RESTART -> version[0] = MetaNodeStart.of(version[0], by);
                    case CANNOT_SPLIT -> {}
                }
                assertThat(step.kind())
                        .as("%s, which RisingWave refuses", where)
                        .isNotEqualTo(Scenario.Kind.REFUSED);
            } catch (DoesNotFit e) {
                assertThat(step.kind()).as("%s: %s", where, e.getMessage()).isEqualTo(Scenario.Kind.REFUSED);
            }
            assertThat(Differences.first(version[0], step.after())).as(where).isEmpty();
        });
    }
}
