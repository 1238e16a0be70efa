package io.metawal.connectors.risingwave.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.testkit.etcd.EtcdServer;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class EtcdMetaStoreTest {
    @Test
    void whatIsInEtcdIsTheTruth() throws InterruptedException {
        try (EtcdServer server = EtcdMetaStore.startServer();
                EtcdMetaStore store =
                        new EtcdMetaStore(EtcdOptions.parse(server.url()).address())) {
            SimulatedRisingWave risingWave = new SimulatedRisingWave(
                    SimulationSettings.of(5, "1.7.0"), store, new MemoryObjectStore(InstantSource.system()));
            risingWave.bootstrap();
            risingWave.prefill(1500, 3000);
            for (int i = 0; i < 150; i++) {
                risingWave.step();
            }
            assertThat(store.rows()).hasSizeGreaterThan(3000).isEqualTo(risingWave.rows());
        }
    }
}
