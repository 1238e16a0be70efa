package io.metawal.bench;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of restores into databases. */
@Tag("server")
@Tag("slow")
class TargetBenchTest {
    @TempDir
    Path directory;

    @Test
    void theRestoreMeasuresSomething() throws Exception {
        BenchRun.measuresSomething(Bench.ALL.subList(13, 14), directory);
    }

    @Test
    void theRecoveryMeasuresSomething() throws Exception {
        BenchRun.measuresSomething(Bench.ALL.subList(14, Bench.ALL.size()), directory);
    }
}
