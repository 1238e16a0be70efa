package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a RisingWave's history is asked, on one that is made by hand. */
class RisingWaveHistoryTest {
    private static final long REAL = 5424073932800000L;

    @TempDir
    private Path directory;

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String epochOf(int table, long epoch) {
        return "{\"space\":\"hummock.table\",\"key\":\"" + table + "\",\"put64\":\""
                + base64(StateTableInfo.newBuilder()
                        .setCommittedEpoch(epoch)
                        .build()
                        .toByteArray())
                + "\"}";
    }

    private static String commit(long epoch, String... changes) {
        return "{\"epoch\":" + epoch + ",\"changes\":[" + String.join(",", changes) + "]}\n";
    }

    @BeforeEach
    void history() {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        String commits = commit(REAL, epochOf(1, REAL), epochOf(2, 65536))
                + commit(REAL, epochOf(2, 131072))
                + commit(REAL + 65536, epochOf(1, REAL + 65536))
                + commit(REAL + 65536, "{\"space\":\"hummock.unapplied\",\"key\":\"9\",\"put\":\"x\"}")
                + commit(REAL + 65536, "{\"space\":\"hummock.table\",\"key\":\"1\",\"delete\":true}")
                + commit(REAL + 131072, "{\"space\":\"hummock.unapplied\",\"key\":\"9\",\"delete\":true}")
                + commit(
                        REAL + 131072,
                        "{\"space\":\"system.parameter\",\"key\":\"backup_storage_url\",\"put\":\"minio://u:S3CR3T@h/b\"}",
                        "{\"space\":\"user.info\",\"key\":\"1\",\"put64\":\"EgRyb290\"}")
                + commit(REAL + 131072, "{\"space\":\"hummock.unapplied\",\"key\":\"11\",\"put\":\"x\"}");
        Ran appended = metawalReading(commits, "append", "--repo", repo());
        assertThat(appended.exit()).as(appended.err()).isZero();
    }

    private long seqOf(long epoch, int table) {
        Ran ran = metawal(
                "restore",
                "--plan",
                "--to",
                "epoch:" + epoch,
                "--table",
                Integer.toString(table),
                "-o",
                "json",
                "--repo",
                repo());
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.json().path("resolved").path("seq").asLong();
    }

    @Test
    void aTableThatWasDroppedIsFoundAtItsEpochs() {
        assertThat(seqOf(REAL, 1)).isEqualTo(2);
        assertThat(seqOf(REAL + 65536, 1)).as("before it was dropped").isEqualTo(4);
        assertThat(seqOf(REAL + 1_000_000, 1)).as("long after").isEqualTo(4);
        Ran before = metawal("restore", "--plan", "--to", "epoch:" + (REAL - 65536), "--table", "1", "--repo", repo());
        assertThat(before.exit()).isEqualTo(3);
        assertThat(before.err()).contains("its first epoch is a later one").contains("info --tables");
    }

    @Test
    void aTablesMadeUpEpochsCanBeNamed() {
        assertThat(seqOf(65536, 2)).isEqualTo(1);
        assertThat(seqOf(131072, 2)).isEqualTo(8);
    }

    @Test
    void whereTheVersionIsNotKnownIsTold() {
        JsonNode unknown = metawal("info", "--tables", "-o", "json", "--repo", repo())
                .json()
                .path("hummockVersionUnknown");
        assertThat(unknown.toString()).isEqualTo("[{\"fromSeq\":4,\"toSeq\":5},{\"fromSeq\":8}]");
        assertThat(metawal("info", "--tables", "--repo", repo()).out())
                .contains("version unknown since seq 8")
                .contains("since seq 4, up to seq 5");
    }

    @Test
    void secretsAreMaskedWhateverTheFirstCommitCameFrom() {
        for (String[] look : new String[][] {
            {"log"},
            {"log", "-o", "json"},
            {"show", "latest", "system.parameter/backup_storage_url"},
            {"diff", "seq:1..latest"},
            {"history", "system.parameter/backup_storage_url"}
        }) {
            String[] words = java.util.Arrays.copyOf(look, look.length + 2);
            words[look.length] = "--repo";
            words[look.length + 1] = repo();
            Ran ran = metawal(words);
            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(ran.out())
                    .as(String.join(" ", look))
                    .contains("minio://***@h/b")
                    .doesNotContain("S3CR3T");
        }
        assertThat(metawal("log", "--repo", repo()).out())
                .doesNotContain("EgRyb290")
                .contains("are masked");
        assertThat(metawal("show", "latest", "system.parameter/backup_storage_url", "--unmask", "--repo", repo())
                        .out())
                .contains("S3CR3T");
    }
}
