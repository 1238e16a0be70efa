package io.metawal.bench;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of sources and the databases that are restored into. */
@Tag("server")
@Tag("slow")
class SourceBenchTest {
    @TempDir
    Path directory;

    @Test
    void everyBenchmarkMeasuresSomething() throws Exception {
        BenchRun.measuresSomething(Bench.ALL.subList(9, Bench.ALL.size()), directory);
    }
}
