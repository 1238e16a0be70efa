package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.hummock.HummockFaultException;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Folds what RisingWave's own code folded, delta by delta and without going back to its version in between: after each the versions are
 * equal in everything, order within levels and sizes included. The dialect is that of the release's migrations.
 */
@Tag("slow")
class HummockVectorsTest {
    private static final TreeMap<String, TreeMap<String, String>> TABLE = new TreeMap<>();

    @TestFactory
    Stream<DynamicContainer> theFoldIsRisingWaves() {
        return RisingWaveVectors.releases("deltas").stream()
                .map(release -> DynamicContainer.dynamicContainer(
                        release.getFileName().toString(),
                        RisingWaveVectors.scenarios(release).stream()
                                .map(scenario ->
                                        DynamicTest.dynamicTest(scenario.name(), () -> fold(release, scenario)))));
    }

    private static void fold(Path release, Scenario scenario) throws Exception {
        Folding folding = new Folding(HummockDialect.ofMigrations(RisingWaveVectors.migrations(release)));
        scenario.forEach(folding::step);
        TABLE.computeIfAbsent(scenario.name(), any -> new TreeMap<>())
                .put(release.getFileName().toString(), folding.right + "/" + folding.wrong.size());
        assertThat(folding.wrong).as("steps that differ").isEmpty();
        assertThat(folding.right).as("steps compared").isPositive();
    }

    /** The first step that differs is named; those after it are consequences, and only counted. */
    private static final class Folding {
        private final HummockDialect dialect;
        private final List<String> wrong = new ArrayList<>();
        private KeyedVersion keyed =
                KeyedVersion.of(io.metawal.connectors.risingwave.proto.HummockVersion.getDefaultInstance());
        private int right;

        private Folding(HummockDialect dialect) {
            this.dialect = dialect;
        }

        private void step(Scenario.Step step) {
            String fault = "";
            try {
                switch (step.kind()) {
                    case INIT -> keyed = KeyedVersion.of(step.after(), dialect);
                    case DELTA, REFUSED -> {
                        var unused = keyed.apply(step.deltaOf());
                    }
                    case RESTART -> {
                        var unused = keyed.startedBy(dialect);
                        var unusedPruned = keyed.prune();
                    }
                    case CANNOT_SPLIT -> {}
                }
            } catch (HummockFaultException e) {
                fault = e.text();
            }
            if (step.kind() == Scenario.Kind.REFUSED) {
                count(step, fault.isEmpty() ? "taken, though RisingWave refuses it" : "");
            } else {
                count(step, fault.isEmpty() ? Differences.first(keyed.toVersion(), step.after()) : fault);
            }
        }

        private void count(Scenario.Step step, String difference) {
            if (difference.isEmpty()) {
                right++;
            } else {
                wrong.add("step " + step.number() + " (" + step.label() + "): " + difference);
            }
        }
    }

    @AfterAll
    static void print() {
        StringBuilder text = new StringBuilder("RisingWave's vectors, steps right/wrong:\n");
        TABLE.forEach((scenario, counts) -> text.append(String.format("%-28s %s%n", scenario, counts)));
        System.out.println(text);
    }
}
