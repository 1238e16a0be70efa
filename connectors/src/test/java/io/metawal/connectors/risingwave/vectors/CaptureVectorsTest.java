package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * What a capture makes of RisingWave's vectors, which is not told when a meta node starts: no gap but where a delta is one that RisingWave does
 * not write, the version of each checkpoint equal to RisingWave's, and a mismatch never ignored.
 */
@Tag("slow")
class CaptureVectorsTest {
    private static final int CHECKPOINT_EVERY = 7;

    /** Steps of deltas that RisingWave writes none of, and what is said of each. */
    private static final Map<String, Mismatch> MISMATCHES = Map.of(
            "compactions", new Mismatch(16, "found none; the compaction is"),
            "truncates", new Mismatch(3, "expected a compaction of group version"));

    private record Mismatch(int step, String said) {}

    @TestFactory
    Stream<DynamicTest> aCaptureFollowsWithoutAGap() {
        return RisingWaveVectors.releases("deltas").stream()
                .flatMap(release -> RisingWaveVectors.scenarios(release).stream()
                        // RisingWave writes no such deltas; below.
                        .filter(scenario -> !scenario.name().equals("expired-compactions"))
                        .map(scenario -> DynamicTest.dynamicTest(
                                release.getFileName() + " " + scenario.name(), () -> follow(release, scenario))));
    }

    private static void follow(Path release, Scenario scenario) throws Exception {
        HummockDialect dialect = HummockDialect.ofMigrations(RisingWaveVectors.migrations(release));
        FoldedCapture[] capture = new FoldedCapture[1];
        HummockVersion[] last = {HummockVersion.getDefaultInstance()};
        Mismatch mismatch = MISMATCHES.getOrDefault(scenario.name(), new Mismatch(-1, ""));
        List<String> expected = new ArrayList<>();
        scenario.forEach(step -> {
            switch (step.kind()) {
                case INIT -> capture[0] = new FoldedCapture(step.after(), dialect);
                case DELTA -> {
                    capture[0].take(step.deltaOf());
                    if (step.number() == mismatch.step()) {
                        assertThat(capture[0].gaps()).hasSize(1);
                        assertThat(capture[0].gaps().get(0)).contains(mismatch.said());
                        capture[0].checkpointed(step.after());
                        assertThat(Differences.first(capture[0].version(), step.after()))
                                .isEmpty();
                        expected.addAll(capture[0].gaps());
                    }
                    assertThat(capture[0].gaps()).as(step.label()).isEqualTo(expected);
                    if (step.number() % CHECKPOINT_EVERY == 0) {
                        capture[0].checkpointed(step.after());
                    }
                }
                case RESTART, REFUSED, CANNOT_SPLIT -> {}
            }
            last[0] = step.after();
        });
        capture[0].checkpointed(last[0]);
        assertThat(capture[0].gaps()).isEqualTo(expected);
        assertThat(expected.isEmpty()).isEqualTo(mismatch.step() < 0);
        assertThat(Differences.first(capture[0].version(), last[0])).isEmpty();
        assertThat(capture[0].gauges().get("hummock_equal_version")).isEqualTo((double) last[0].getId());
        assertThat(capture[0].gauges().get("hummock_differences")).isZero();
        assertThat(capture[0].image()).containsKey(RwSpaces.VERSION_COMPARED);
    }

    @TestFactory
    Stream<DynamicTest> aMismatchIsAGapAndTheCheckpointEndsIt() {
        return RisingWaveVectors.releases("deltas").stream()
                .flatMap(release -> RisingWaveVectors.scenarios(release).stream()
                        .filter(scenario -> scenario.name().equals("expired-compactions"))
                        .map(scenario -> DynamicTest.dynamicTest(
                                release.getFileName().toString(), () -> mismatch(release, scenario))));
    }

    private static void mismatch(Path release, Scenario scenario) throws Exception {
        HummockDialect dialect = HummockDialect.ofMigrations(RisingWaveVectors.migrations(release));
        FoldedCapture[] capture = new FoldedCapture[1];
        int[] expired = {0};
        scenario.forEach(step -> {
            if (step.kind() == Scenario.Kind.INIT) {
                capture[0] = new FoldedCapture(step.after(), dialect);
                return;
            }
            int before = capture[0].gaps().size();
            capture[0].take(step.deltaOf());
            List<String> gaps = capture[0].gaps();
            if (gaps.size() > before) {
                expired[0]++;
                assertThat(gaps.get(before)).contains("expected a compaction of group version");
            }
            capture[0].checkpointed(step.after());
            assertThat(Differences.first(capture[0].version(), step.after()))
                    .as(step.label())
                    .isEmpty();
        });
        assertThat(expired[0]).isEqualTo(5);
    }
}
