package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of a repository that lost something, or whose source was away. */
class DamagedRepositoryTest {
    @TempDir
    Path directory;

    private String repo = "";
    private FileObjectStore store = new FileObjectStore(Path.of("."), RepositoryFixture.CLOCK);
    private RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(1));

    @BeforeEach
    void make() throws IOException {
        Path root = Files.createDirectory(directory.resolve("repo"));
        repo = root.toString();
        store = new FileObjectStore(root, RepositoryFixture.CLOCK);
        fixture = new RepositoryFixture(store, Seeded.random(6));
    }

    private void damage(ObjectKey key) {
        byte[] bytes = store.read(key);
        bytes[bytes.length / 2] ^= 1;
        store.replace(key, bytes);
    }

    /** Its gap is found once, acknowledged, and then known. */
    @Test
    void verifyIsGreenAgainOnceAGapIsAcknowledged() {
        fixture.append(5).cut();
        fixture.appendBase(1, "the machine was off").cut();
        assertThat(metawal("verify", "--repo", repo).exit()).isEqualTo(4);
        Ran listed = metawal("gap", "list", "--repo", repo);
        assertThat(listed.exit()).isZero();
        assertThat(listed.out())
                .contains("1@seq:5 ")
                .contains("the machine was off")
                .contains("not acknowledged");
        assertThat(metawal("gap", "acknowledge", "1@seq:4", "--repo", repo).exit())
                .isEqualTo(3);
        assertThat(metawal("gap", "acknowledge", "latest", "--repo", repo).exit())
                .isEqualTo(2);
        Ran done = metawal("gap", "acknowledge", "1@seq:5", "--why", "moved the rack", "--repo", repo);
        assertThat(done.exit()).as(done.err()).isZero();
        assertThat(metawal("gap", "acknowledge", "1@seq:5", "--repo", repo).exit())
                .isEqualTo(9);
        JsonNode gap = metawal("gap", "list", "--repo", repo, "-o", "json").json();
        assertThat(gap.path("afterSeq").longValue()).isEqualTo(5);
        assertThat(gap.path("acknowledged").path("why").textValue()).isEqualTo("moved the rack");
        Ran verified = metawal("verify", "--level", "replay", "--repo", repo);
        assertThat(verified.exit()).as(verified.out()).isZero();
        assertThat(verified.out()).contains("moved the rack");
    }

    @Test
    void diffSkipsADamagedBaseAndLeavesNothing() throws IOException {
        fixture.append(10).cut();
        SnapshotId base = fixture.snapshot(3);
        fixture.append(5).cut();
        String usual = System.getProperty("java.io.tmpdir");
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        System.setProperty("java.io.tmpdir", temporary.toString());
        try {
            Ran sound = metawal("diff", "seq:12..seq:14", "--repo", repo);
            assertThat(sound.exit()).as(sound.err()).isZero();
            damage(base.chunkKey(0));
            Ran damaged = metawal("diff", "seq:12..seq:14", "--repo", repo);
            assertThat(damaged.exit()).as(damaged.err()).isZero();
            assertThat(damaged.out()).isEqualTo(sound.out());
            assertThat(temporary).isEmptyDirectory();
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    @Test
    void aSealedSnapshotIsRestoredWithoutItsSegmentAndTheProofSaysSo() {
        ObjectKey lost = fixture.append(10).cut().key();
        SnapshotId base = fixture.snapshot(3);
        store.delete(lost);
        Path file = directory.resolve("out");
        Ran ran = metawal("restore", "--to", "snap:" + base, "--into", "ndjson:" + file, "--repo", repo);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("equal to the snapshot by its own digest: the log of its commit is missing or damaged")
                .contains("read back from the target");
        assertThat(file).exists();
        Ran info = metawal("info", "--repo", repo, "-o", "json");
        assertThat(info.json().path("window").path("to").path("seq").longValue())
                .isEqualTo(10);
    }

    @Test
    void theProofSaysAgainstWhat() {
        fixture.append(10).cut();
        Path file = directory.resolve("out");
        Ran ran = metawal("restore", "--to", "latest", "--into", "ndjson:" + file, "--repo", repo, "-o", "json");
        assertThat(ran.json().path("provenAgainst").textValue()).isEqualTo("log");
        Ran text = metawal("restore", "--to", "seq:4", "--into", "ndjson:" + file + "2", "--repo", repo);
        assertThat(text.out()).contains("equal to what was captured: digest ").contains("read back from the target");
    }

    @Test
    void damageInTheLogNamesTheNearestPoints() {
        fixture.append(5).cut();
        ObjectKey middle = fixture.append(5).cut().key();
        fixture.append(5).cut();
        fixture.snapshot(100);
        damage(middle);
        Ran ran = metawal("restore", "--to", "seq:8", "--into", "ndjson:" + directory.resolve("out"), "--repo", repo);
        assertThat(ran.exit()).isEqualTo(5);
        assertThat(ran.err()).contains(middle.value()).contains("the nearest points are seq:5 and seq:15");
    }

    /** The reason of a fork names the commit, not the word that it was asked for by. */
    @Test
    void theReasonOfAForkNamesThePoint() {
        fixture.append(5).cut();
        Ran ran = metawal(
                "restore", "--to", "latest", "--fork", "--into", "ndjson:" + directory.resolve("out"), "--repo", repo);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(metawal("timeline", "list", "--repo", repo).out()).contains("restore to 1@seq:5 (epoch ");
    }

    @Test
    void verifyWritesNothingWithoutBeingAskedTo() throws IOException {
        fixture.append(5).cut();
        assertThat(metawal("verify", "--repo", repo).exit()).isZero();
        assertThat(directory.resolve("repo").resolve("probe")).doesNotExist();
        assertThat(metawal("verify", "--probe", "--repo", repo).exit()).isZero();
    }
}
