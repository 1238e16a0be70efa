package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.tools.cli.MetawalCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that captures a meta service of Databend's kind, and a restore into the same service while it lives. */
@Tag("process")
class DatabendRunTest {
    @TempDir
    private Path directory;

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }

    private long archived() {
        return History.load(Repository.open(ObjectStoreOpener.open(repo(), IfAbsent.REFUSE, InstantSource.system())))
                .newestHead()
                .map(Head::at)
                .map(at -> at.epoch())
                .orElse(0L);
    }

    @Test
    void whatWasDeletedComesBackIntoTheLivingCluster() throws Exception {
        String key = "__fd_database/t/default";
        try (DatabendServer server = DatabendServer.start(1, InstantSource.system())) {
            assertThat(metawal("init", "--repo", repo())).isZero();
            String url = "databend+grpc://" + server.endpoint(1);
            server.put(key, ByteString.copyFromUtf8("1"));
            server.put("__fd_database/t/other", ByteString.copyFromUtf8("2"));
            long before = server.last();
            try (MetawalProcess daemon = MetawalProcess.start(
                    directory.resolve("daemon.log"), "run", "--repo", repo(), "--http", "none", "--source", url)) {
                Oracle.await("the daemon has both", daemon, () -> archived() >= before);
                server.delete(key);
                long last = server.last();
                Oracle.await("the daemon has the deletion", daemon, () -> archived() >= last);
                assertThat(daemon.terminate()).as(daemon.output()).isZero();
            }
            Path export = directory.resolve("export.ndjson");
            assertThat(metawal("restore", "--to", "latest", "--into", "databend-export:" + export, "--repo", repo()))
                    .isZero();
            assertThat(Files.readString(export)).doesNotContain(key).contains("__fd_database/t/other");

            assertThat(metawal("restore", "--to", "epoch:" + before, "--into", url, "--repo", repo()))
                    .isZero();
            assertThat(Objects.requireNonNull(server.find(key)).value()).isEqualTo(ByteString.copyFromUtf8("1"));
        }
    }

    /** What the service purges while no daemon runs comes from an export that an operator took; that of another cluster does not. */
    @Test
    void anExportFillsWhatWasPurgedMeanwhile() throws Exception {
        try (DatabendServer server = DatabendServer.start(1, InstantSource.system());
                DatabendServer other = DatabendServer.start(1, InstantSource.system())) {
            assertThat(metawal("init", "--repo", repo())).isZero();
            put(server, 0, 4);
            captured(server);
            put(server, 4, 8);
            Path export = Files.write(directory.resolve("meta.ndjson"), server.export(1));
            put(other, 10, 18);
            Path foreign = Files.write(directory.resolve("other.ndjson"), other.export(1));
            assertThat(metawal("import", "databend:" + foreign, "--repo", repo()))
                    .isEqualTo(19);
            assertThat(metawal("import", "databend:" + export, "--repo", repo()))
                    .isZero();
            put(server, 8, 9);
            server.snapshotAndPurge(1);
            captured(server);
            for (long epoch = server.last() - 5; epoch <= server.last(); epoch++) {
                assertThat(metawal(
                                "restore",
                                "--to",
                                "epoch:" + epoch,
                                "--into",
                                "databend-export:" + directory.resolve("out" + epoch),
                                "--repo",
                                repo()))
                        .isZero();
            }
        }
    }

    private static void put(DatabendServer server, int from, int to) {
        for (int n = from; n < to; n++) {
            server.put("__fd_database/t/" + n, ByteString.copyFromUtf8("" + n));
        }
    }

    private void captured(DatabendServer server) throws Exception {
        long last = server.last();
        try (MetawalProcess daemon = MetawalProcess.start(
                directory.resolve("daemon" + last + ".log"),
                "run",
                "--repo",
                repo(),
                "--http",
                "none",
                "--source",
                "databend+grpc://" + server.endpoint(1))) {
            Oracle.await("the daemon has all", daemon, () -> archived() >= last);
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
        }
    }
}
