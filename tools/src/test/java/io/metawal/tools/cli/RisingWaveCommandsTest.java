package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator of a RisingWave does, on the cluster that the demo leaves behind. */
@Tag("server")
class RisingWaveCommandsTest {
    @TempDir
    static Path demo;

    @TempDir
    private Path directory;

    @BeforeAll
    static void cluster() {
        Ran ran = metawal("demo", "--fast", "--dir", demo.toString());
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    }

    private static String repo() {
        return demo.resolve("repo").toString();
    }

    private static String hummock() {
        return demo.resolve("bucket").resolve("hummock_001").toString();
    }

    @Test
    void secretsAreMaskedUnlessTheyAreAskedFor() {
        Ran masked = metawal("show", "latest", "user.info/1", "--repo", repo());
        assertThat(masked.out()).contains("\"name\":\"root\"").contains("bytes are masked: --unmask shows them");
        Ran shown = metawal("show", "latest", "user.info/1", "--unmask", "--repo", repo());
        assertThat(shown.out()).contains("\"name\":\"root\"").contains("base64:");
        JsonNode json = metawal("show", "latest", "user.info/1", "-o", "json", "--repo", repo())
                .json();
        assertThat(json.path("masked").asBoolean()).isTrue();
        assertThat(json.has("value") || json.has("value64")).isFalse();
        assertThat(json.path("decoded").path("name").asText()).isEqualTo("root");
        assertThat(metawal("log", "--key", "catalog.secret/*", "-o", "json", "--repo", repo())
                        .out())
                .doesNotContain("\"put64\"");
    }

    @Test
    void eachTablesEpochsAreListedAndCanBeNamed() {
        JsonNode tables = metawal("info", "--tables", "-o", "json", "--repo", repo())
                .json()
                .path("tables");
        assertThat(tables.size()).isPositive();
        JsonNode table = tables.get(0);
        long epoch = table.path("firstEpoch").asLong();
        String id = table.path("table").asText();
        JsonNode at = metawal(
                        "show", "epoch:" + epoch, "hummock.table/" + id, "--table", id, "-o", "json", "--repo", repo())
                .json();
        assertThat(at.path("decoded").path("committed_epoch").asLong()).isEqualTo(epoch);
        Ran none = metawal("show", "epoch:" + epoch, "hummock.table/1", "--table", "987654", "--repo", repo());
        assertThat(none.exit()).isEqualTo(3);
        assertThat(none.err()).contains("never knew a table of this id").contains("info --tables");
        assertThat(metawal("show", "latest", "hummock.table/1", "--table", id, "--repo", repo())
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void aPlanSaysWhatRisectlWould() {
        JsonNode row = metawal("restore", "--to", "latest", "--plan", "-o", "json", "--repo", repo())
                .json()
                .path("rwMetaSnapshot");
        assertThat(row.path("hummock_version_id").asLong()).isPositive();
        assertThat(row.path("state_table_info").asText()).contains("committed_epoch");
        assertThat(row.has("meta_snapshot_id") || row.has("remarks") || row.has("rw_version"))
                .as("what is not known is left out")
                .isFalse();
    }

    @Test
    void aFileThatIsGoneIsNamedBeforeAnythingIsWritten() throws IOException {
        Path bucket = directory.resolve("copy");
        copy(Path.of(hummock()), bucket);
        Path gone;
        try (Stream<Path> files = Files.walk(bucket)) {
            gone = files.filter(file -> file.toString().endsWith(".data"))
                    .max(java.util.Comparator.comparingLong(RisingWaveCommandsTest::number))
                    .orElseThrow();
        }
        Files.delete(gone);
        Path into = directory.resolve("backup");
        Ran ran = metawal(
                "restore",
                "--to",
                "latest",
                "--into",
                "risingwave-backup:" + into,
                "--hummock",
                bucket.toString(),
                "--repo",
                repo());
        assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(7);
        assertThat(ran.err()).contains(bucket.relativize(gone).toString());
        assertThat(into.resolve("manifest.json")).doesNotExist();
        assertThat(metawal(
                                "restore",
                                "--to",
                                "latest",
                                "--into",
                                "risingwave-backup:" + into,
                                "--no-check-files",
                                "--repo",
                                repo())
                        .exit())
                .isZero();
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().replaceFirst("\\..*", ""));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void aLivingMetaNodeIsNotWrittenUnder() throws IOException {
        String into = "risingwave-backup:" + directory.resolve("backup");
        try (ServerSocket meta = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + meta.getLocalPort();
            Ran ran = metawal("restore", "--to", "latest", "--into", into, "--meta", address, "--repo", repo());
            assertThat(ran.exit()).isEqualTo(10);
            assertThat(ran.err()).contains(address).contains("--even-if-alive");
            assertThat(metawal(
                                    "restore",
                                    "--to",
                                    "latest",
                                    "--into",
                                    into,
                                    "--meta",
                                    address,
                                    "--even-if-alive",
                                    "--repo",
                                    repo())
                            .exit())
                    .isZero();
        }
    }

    @Test
    void aSnapshotComesBackInUnderItsName() {
        String imported = directory.resolve("imported").toString();
        String backup = "risingwave-backup:" + demo.resolve("backup");
        assertThat(metawal("init", "--repo", imported).exit()).isZero();
        Ran first = metawal("import", backup, "--repo", imported);
        assertThat(first.exit()).as(first.err()).isZero();
        List<String> words = List.of(first.out().trim().split(" "));
        String point = words.get(words.size() - 1);
        assertThat(metawal("show", point, "user.info/1", "--repo", imported).out())
                .contains("\"name\":\"root\"");
        Ran again = metawal("import", backup, "--repo", imported);
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("nothing new");
        String label = point.replaceFirst("name:", "");
        assertThat(metawal("point", "delete", label, "--repo", imported).exit()).isZero();
        assertThat(metawal("import", backup, "--repo", imported).exit()).isZero();
        assertThat(metawal("show", point, "user.info/1", "--repo", imported).exit())
                .as("a point that was not made is made by the next import")
                .isZero();
        assertThat(metawal("restore", "--to", point, "--into", "risingwave+etcd://127.0.0.1:1", "--repo", imported)
                        .exit())
                .isEqualTo(11);
    }

    @Test
    void aClusterIsNeverRestoredOver() {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.ctl("put", "cf/cluster_id", "somebody");
            Ran ran = metawal(
                    "restore",
                    "--to",
                    "latest",
                    "--into",
                    "risingwave+" + etcd.url(),
                    "--no-check-files",
                    "--repo",
                    repo());
            assertThat(ran.exit()).isEqualTo(15);
            assertThat(ran.err()).contains("cf/cluster_id").contains("two clusters must not run on the same SST files");
        }
    }

    private Ran intoEtcd(EtcdServer etcd, String ref, String... more) {
        List<String> words = new java.util.ArrayList<>(
                List.of("restore", "--to", ref, "--into", "risingwave+" + etcd.url(), "--repo", repo(), "-o", "json"));
        words.addAll(List.of(more));
        return metawal(words.toArray(String[]::new));
    }

    private String[] elsewhere(String directory) {
        return new String[] {
            "--no-check-files", "--state-store", "hummock+fs://" + this.directory, "--data-directory", directory
        };
    }

    @Test
    void everyRestoreIntoAMetaStoreBeginsATimelineOfItsOwn() {
        long head = metawal("info", "-o", "json", "--repo", repo())
                .json()
                .path("head")
                .path("seq")
                .asLong();
        try (EtcdServer etcd = EtcdServer.start("--max-txn-ops", "999999")) {
            int first = forked(intoEtcd(etcd, "seq:" + head, elsewhere("h")));
            etcd.ctl("del", "", "--from-key");
            int second = forked(intoEtcd(etcd, "seq:" + (head - 3), elsewhere("h")));
            assertThat(second).isGreaterThan(first);
            String timelines =
                    metawal("timeline", "list", "-o", "json", "--repo", repo()).out();
            assertThat(timelines).contains("\"forkSeq\":" + head).contains("\"forkSeq\":" + (head - 3));
        }
    }

    private static int forked(Ran ran) {
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.json().path("forkedTimeline").asInt();
    }

    @Test
    void whatCannotBeWrittenIsFoundBeforeTheFirstRow() {
        try (EtcdServer etcd = EtcdServer.start("--max-txn-ops", "999999")) {
            Ran memory = intoEtcd(etcd, "latest", "--no-check-files", "--state-store", "hummock+memory");
            assertThat(memory.exit()).isEqualTo(2);
            assertThat(memory.err()).contains("cannot be opened from here");
            Ran twice = intoEtcd(
                    etcd,
                    "latest",
                    "--no-check-files",
                    "--hummock",
                    hummock(),
                    "--state-store",
                    "hummock+fs://" + directory,
                    "--data-directory",
                    "h3");
            assertThat(twice.exit()).isEqualTo(2);
            assertThat(twice.err()).contains(directory + "/h3").contains(hummock());
            Ran tooNew = intoEtcd(etcd, "latest", "--risingwave-version", "3.1.0");
            assertThat(tooNew.exit()).isEqualTo(2);
            assertThat(tooNew.err()).contains("3.1.0 has no meta store on etcd");
            Ran plain = metawal("restore", "--to", "latest", "--into", etcd.url(), "--repo", repo());
            assertThat(plain.exit()).isEqualTo(2);
            assertThat(etcd.ctl("get", "", "--from-key", "--keys-only").trim()).isEmpty();
            Ran well = intoEtcd(etcd, "latest", elsewhere("h"));
            assertThat(well.exit()).as(well.err()).isZero();
            assertThat(well.out()).contains("stands in the checkpoint in file:" + directory + "/h");
        }
    }

    @Test
    void aLivingClustersCheckpointIsNotOverwritten() throws IOException {
        try (EtcdServer etcd = EtcdServer.start("--max-txn-ops", "999999");
                ServerSocket meta = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + meta.getLocalPort();
            Path checkpoint = Path.of(hummock()).resolve("checkpoint/0");
            byte[] before = Files.readAllBytes(checkpoint);
            Ran refused = intoEtcd(etcd, "latest", "--meta", address);
            assertThat(refused.exit()).isEqualTo(10);
            assertThat(refused.err()).contains(address).contains("--even-if-alive");
            assertThat(Files.readAllBytes(checkpoint)).isEqualTo(before);
            List<String> moved = new java.util.ArrayList<>(List.of(elsewhere("h")));
            moved.addAll(List.of("--meta", address));
            Ran other = intoEtcd(etcd, "latest", moved.toArray(String[]::new));
            assertThat(other.exit()).as(other.err()).isZero();
        }
    }
}
