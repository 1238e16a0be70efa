package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineConfig;
import io.metawal.wal.archive.ArchivePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturedStoresTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path directory;

    @Test
    void aStoreThatWasCapturedIsRefusedAndOneThatWasOnlyForkedForIsNot() {
        Repository repository = Repository.init(new MemoryObjectStore(CLOCK), "test", CLOCK.instant())
                .repository();
        EngineConfig config = new EngineConfig(
                directory.resolve("wal"),
                null,
                "etcd-a",
                "test",
                new ArchivePolicy(8 << 10, Duration.ofMillis(20)),
                SnapshotPolicy.DEFAULT,
                EngineConfig.LOG_BYTES_MAX);
        try (Engine engine = Engine.open(repository, config, CLOCK)) {
            engine.append(new Drafts(Seeded.random(1)).next()).join();
            assertThat(engine.flush(1)).isZero();
        }
        Forks.fork(repository, 1, 1, "an attempt that broke off", "etcd-b", CLOCK.instant());
        History history = History.load(repository);
        assertThatThrownBy(() -> CapturedStores.requireOther(history, "etcd-a", "risingwave+etcd://a"))
                .hasMessageContaining("risingwave+etcd://a is cluster etcd-a")
                .hasMessageContaining("timeline 1")
                .hasMessageContaining("another, new one")
                .extracting(e -> ((MetawalException) e).code())
                .isEqualTo(ExitCode.TARGET_NOT_EMPTY);
        assertThatCode(() -> CapturedStores.requireOther(history, "etcd-b", "b"))
                .doesNotThrowAnyException();
        assertThatCode(() -> CapturedStores.requireOther(history, "etcd-c", "c"))
                .doesNotThrowAnyException();
    }
}
