package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.risingwave.etcd.RwInterpretation;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.risingwave.simulated.sql.SimulatedSqlRisingWave;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.risingwave.sql.RwSqlInterpretation;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.mysql.MysqlSource;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.port.Source;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.repository.Gap;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.tools.process.EtcdPeer;
import io.metawal.tools.process.PeerMetaStore;
import io.metawal.tools.process.RevivedConnections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** I12 of a RisingWave: its rows, and the Hummock version that its deltas were folded into. */
@Tag("server")
@Tag("process")
class RisingWaveDifferenceTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final long SEED = 31;

    @TempDir
    Path directory;

    /** Something that the cluster does by itself. */
    private interface Step {
        void run() throws Exception;
    }

    private String bucket() throws Exception {
        return Files.createDirectories(directory.resolve("bucket")).toString();
    }

    private HummockObjects hummock() {
        return new HummockObjects(null, Map.of(), CLOCK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hummock.version", "hummock."})
    void onEtcd(String missed) throws Exception {
        try (EtcdServer server = EtcdServer.start("--max-txn-ops", "999999");
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            SimulatedRisingWave cluster = new SimulatedRisingWave(
                    SimulationSettings.of(SEED, "1.7.0").withStateStore("hummock+fs://" + bucket(), "hummock_001"),
                    new PeerMetaStore(etcd),
                    new FileObjectStore(Path.of(bucket()), CLOCK));
            cluster.bootstrap();
            cluster.commitEpoch();
            cluster.checkpoint();
            check(
                    new EtcdSource(EtcdOptions.parse(server.url()), new RwInterpretation(hummock(), CLOCK), CLOCK),
                    cluster::commitEpoch,
                    change -> change.entryKey().space().name().startsWith(missed));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hummock.version", "id."})
    void onMariaDb(String missed) throws Exception {
        SqlLevel level = SqlLevel.V2_6;
        try (MariaDbServer server = MariaDbServer.start()) {
            server.createDatabase("rw");
            try (Connection connection = server.connect("rw")) {
                level.create(connection, SqlEngine.MARIADB);
            }
            try (SimulatedSqlRisingWave cluster = new SimulatedSqlRisingWave(
                    SimulatedSqlRisingWave.settings(SEED, level)
                            .withStateStore("hummock+fs://" + bucket(), "hummock_001"),
                    level,
                    SqlEngine.MARIADB,
                    new RevivedConnections(server, "rw"),
                    new FileObjectStore(Path.of(bucket()), CLOCK))) {
                cluster.bootstrap();
                cluster.commitEpoch();
                cluster.checkpoint();
                Source source = new MysqlSource(
                        SqlUrl.parse(server.url("rw")),
                        SqlSourceOptions.defaults().withHeartbeatMillis(100),
                        new RwSqlInterpretation(hummock(), CLOCK),
                        CLOCK);
                Step step = missed.equals("id.") ? cluster::step : cluster::commitEpoch;
                check(source, step, change -> change.entryKey().space().name().startsWith(missed));
            }
        }
    }

    private void check(Source source, Step step, Predicate<Change> missed) throws Exception {
        LossySource lossy = new LossySource(source, missed);
        try (lossy;
                RunningCapture capture = new RunningCapture(directory, lossy)) {
            capture.awaitCompared(1);
            assertThat(capture.complaints()).isEmpty();
            for (int n = 0; n < 20 && gaps(capture).isEmpty(); n++) {
                step.run();
            }
            capture.await("a gap", () -> !gaps(capture).isEmpty());
            Gap gap = gaps(capture).get(0);
            assertThat(SourceDifference.parse(gap.reason())).as(gap.reason()).isPresent();
            capture.awaitCompared(gap.afterSeq() + 1);
        }
    }

    private static List<Gap> gaps(RunningCapture capture) {
        return capture.history().manifest().state().gaps();
    }
}
