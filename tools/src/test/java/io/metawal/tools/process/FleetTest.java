package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process, a list of clusters: each has its own history, figures and failures. */
@Tag("server")
@Tag("process")
class FleetTest {
    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void eachClusterOfTheListIsCapturedOnItsOwn() throws Exception {
        try (EtcdServer orders = EtcdServer.start();
                EtcdServer billing = EtcdServer.start();
                EtcdPeer first = new EtcdPeer(orders.endpoint());
                EtcdPeer second = new EtcdPeer(billing.endpoint())) {
            init("orders");
            init("billing");
            Path config = directory.resolve("metawal.yaml");
            Files.writeString(
                    config,
                    "http: 127.0.0.1:0\nsegment-age: PT0.2S\nclusters:\n" + cluster("orders", orders)
                            + cluster("billing", billing));
            try (MetawalProcess process =
                    MetawalProcess.start(directory.resolve("run.log"), "run", "-c", config.toString())) {
                put(first, "/orders", 30);
                put(second, "/billing", 20);
                captured(process, "orders", first);
                captured(process, "billing", second);
                String port = port(process);
                assertThat(get(port, "/healthz")).isEqualTo("ok\n");
                assertThat(get(port, "/metrics"))
                        .contains("metawal_archived_seq{cluster=\"orders\"}")
                        .contains("metawal_archived_seq{cluster=\"billing\"}")
                        .contains("metawal_standby{cluster=\"orders\"} 0");

                takeTheRoleOf("billing");
                untilHealthSays(process, port, "billing: stopped");
                put(first, "/orders", 30);
                captured(process, "orders", first);
                assertThat(process.terminate()).as(process.output()).isEqualTo(8);
            }
            assertThat(restored("orders")).isEqualTo(first.at(first.revision()));
        }
    }

    private void init(String name) {
        assertThat(metawal("init", "--repo", repo(name), "--cluster", name)).isZero();
    }

    private String repo(String name) {
        return directory.resolve("repo-" + name).toString();
    }

    private String cluster(String name, EtcdServer server) {
        return "  - repo: " + repo(name) + "\n    source: " + server.url() + "\n";
    }

    private static void put(EtcdPeer etcd, String prefix, int puts) throws Exception {
        for (int n = 0; n < puts; n++) {
            etcd.put(ByteString.copyFromUtf8(prefix + "/" + n % 7), ByteString.copyFromUtf8("v" + n), 0)
                    .get();
        }
    }

    /** From another machine, so to speak: with a hot log of its own. */
    private void takeTheRoleOf(String name) {
        assertThat(metawal(
                        "snapshot",
                        "create",
                        "--repo",
                        repo(name),
                        "--wal",
                        directory.resolve("elsewhere").toString(),
                        "--take-over"))
                .isZero();
    }

    private void captured(MetawalProcess process, String name, EtcdPeer etcd) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!restored(name).equals(etcd.at(etcd.revision()))) {
            assertThat(process.alive()).as(process.output()).isTrue();
            assertThat(System.nanoTime()).as(process.output()).isLessThan(deadline);
            LockSupport.parkNanos(100_000_000L);
        }
    }

    private List<Entry> restored(String name) throws IOException {
        Path file = directory.resolve("restored-" + System.nanoTime() + ".ndjson");
        int exit = metawal(
                "restore", "--repo", repo(name), "--to", "latest", "--into", "ndjson:" + file, "--progress=none");
        return exit == 0 ? EtcdOracleTest.read(file) : List.of();
    }

    private static String port(MetawalProcess process) {
        Matcher port = PORT.matcher(process.output());
        assertThat(port.find()).as(process.output()).isTrue();
        return port.group(1);
    }

    private String get(String port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return http.send(request, BodyHandlers.ofString()).body();
    }

    private void untilHealthSays(MetawalProcess process, String port, String words) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!get(port, "/healthz").contains(words)) {
            assertThat(System.nanoTime()).as(process.output()).isLessThan(deadline);
            LockSupport.parkNanos(100_000_000L);
        }
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
