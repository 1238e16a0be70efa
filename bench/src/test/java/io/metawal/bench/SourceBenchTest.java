package io.metawal.bench;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of sources. */
@Tag("server")
@Tag("slow")
class SourceBenchTest {
    @TempDir
    Path directory;

    @Test
    void everyBenchmarkMeasuresSomething() throws Exception {
        BenchRun.measuresSomething(Bench.ALL.subList(9, 13), directory);
    }
}
