package io.metawal.bench;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of replay, restores and the store. */
@Tag("server")
@Tag("process")
@Tag("slow")
class RestoreBenchTest {
    @TempDir
    Path directory;

    @Test
    void everyBenchmarkMeasuresSomething() throws Exception {
        BenchRun.measuresSomething(Bench.ALL.subList(4, 9), directory);
    }
}
