package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.hummock.HummockFaultException;
import io.metawal.connectors.risingwave.hummock.KeyedVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fold that is wrong in one of many ways is caught by the vectors, and by the comparison with the next checkpoint: that records a gap which
 * names what differs first, and continues from the checkpoint.
 */
@Tag("slow")
class WrongFoldsTest {
    private static final int OF_EACH = 3;

    private final Map<WrongFold, Integer> seen = new EnumMap<>(WrongFold.class);
    private final Map<WrongFold, String> caught = new EnumMap<>(WrongFold.class);

    @Test
    void eachIsCaughtByTheVectorsAndWithinOneCheckpoint() throws Exception {
        List<Path> releases = RisingWaveVectors.releases("deltas");
        for (Path release : releases) {
            HummockDialect dialect = HummockDialect.ofMigrations(RisingWaveVectors.migrations(release));
            for (Scenario scenario : RisingWaveVectors.scenarios(release)) {
                if (!scenario.name().startsWith("random")) {
                    HummockVersion[] before = {HummockVersion.getDefaultInstance()};
                    scenario.forEach(step -> {
                        if (step.kind() == Scenario.Kind.DELTA) {
                            check(before[0], step, dialect);
                        }
                        before[0] = step.after();
                    });
                }
            }
        }
        StringBuilder table = new StringBuilder("Wrong folds: vectors; checkpoint\n");
        caught.forEach((wrong, how) -> table.append(String.format("%-40s %s%n", wrong, how)));
        System.out.println(table);
        if (!releases.isEmpty()) {
            assertThat(caught).containsOnlyKeys(WrongFold.values());
        }
    }

    private void check(HummockVersion before, Scenario.Step step, HummockDialect dialect) {
        for (WrongFold wrong : WrongFold.values()) {
            HummockVersionDelta made = wrong.of(step.deltaOf());
            if (seen.getOrDefault(wrong, 0) >= OF_EACH || made.equals(step.deltaOf())) {
                continue;
            }
            String byVector = byVector(before, made, step.after(), dialect);
            if (byVector.isEmpty()) {
                // The mistake makes no difference here, such as a partition count of a level that is not empty.
                continue;
            }
            String byCheckpoint = byCheckpoint(before, made, step.after(), dialect);
            assertThat(byCheckpoint)
                    .as("%s at step %s (%s): %s", wrong, step.number(), step.label(), byVector)
                    .isNotEmpty();
            seen.merge(wrong, 1, Integer::sum);
            caught.put(wrong, byVector + "; " + byCheckpoint);
        }
    }

    private static String byVector(
            HummockVersion before, HummockVersionDelta made, HummockVersion after, HummockDialect dialect) {
        KeyedVersion keyed = KeyedVersion.of(before, dialect);
        try {
            var unused = keyed.apply(made);
        } catch (HummockFaultException e) {
            return "refused: " + e.text();
        }
        return Differences.first(keyed.toVersion(), after);
    }

    private static String byCheckpoint(
            HummockVersion before, HummockVersionDelta made, HummockVersion after, HummockDialect dialect) {
        FoldedCapture capture = new FoldedCapture(before, dialect);
        capture.take(made);
        capture.checkpointed(after);
        assertThat(Differences.first(capture.version(), after)).isEmpty();
        // A truncation by DROP that was missed is what a start of the meta node does, and recorded as that.
        return capture.gauges().getOrDefault("hummock_pruned", 0.0) > 0
                ? "recorded as a pruning"
                : String.join("; ", capture.gaps());
    }
}
