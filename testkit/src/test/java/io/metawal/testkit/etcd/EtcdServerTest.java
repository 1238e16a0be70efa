package io.metawal.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.testkit.net.FreePorts;
import io.metawal.testkit.servers.ServerCatalog;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class EtcdServerTest {
    /** Another one may get the ports between the choice of them and the start. */
    @Test
    void aServerOfAnotherTestIsNotTakenForOnesOwn() throws Exception {
        EtcdProgram programs = new EtcdProgram(ServerCatalog.ETCD.use());
        int[] ports = FreePorts.find(3);
        try (EtcdServer first = EtcdServer.create(programs, "http", ports, List.of());
                EtcdServer second = EtcdServer.create(programs, "http", ports, List.of())) {
            first.restart();
            assertThatThrownBy(second::restart)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ended with");
            first.kill();
            first.restart();
            assertThat(first.ctl("endpoint", "health")).contains("is healthy");
        }
    }
}
