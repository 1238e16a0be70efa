package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.backuptarget.BackupTarget;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions.MetaNodeAlive;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A7, A8, A12: what an operator reads before and after a restore of a RisingWave. */
class NotRewoundTest {
    @TempDir
    private Path directory;

    private static Entry row(String space, String key, String json) {
        return new Entry(EntryKey.of(space, key), ByteString.copyFromUtf8(json), ByteString.EMPTY);
    }

    /** A repository of one snapshot, of a cluster with a source, a sink, and a data directory. */
    @BeforeEach
    void repository() throws IOException {
        Path bucket = Files.createDirectories(directory.resolve("bucket/h"));
        Files.writeString(bucket.resolve("700.data"), "x");
        List<Entry> image = new ArrayList<>();
        VersionEntries.split(HummockVersion.newBuilder().setId(5).build(), image::add);
        image.add(new StoreModel(2, new RwVersion(2, 8, 0)).entry());
        image.add(row(
                "catalog.sql_source",
                "7",
                "{\"source_id\":7,\"name\":\"shop\",\"with_properties\":{\"connector\":\"mysql-cdc\"}}"));
        image.add(row(
                "catalog.sql_sink", "9", "{\"sink_id\":9,\"name\":\"out\",\"properties\":{\"connector\":\"kafka\"}}"));
        image.add(row(
                "system.sql_system_parameter",
                "state_store",
                "{\"name\":\"state_store\",\"value\":\"hummock+fs://" + directory.resolve("bucket") + "\"}"));
        image.add(
                row("system.sql_system_parameter", "data_directory", "{\"name\":\"data_directory\",\"value\":\"h\"}"));
        image.add(row("id.sql_hummock_sequence", "sstable_object", "{\"name\":\"sstable_object\",\"seq\":12}"));
        String backups = directory.resolve("backups").toString();
        try (ObjectStore store = ObjectStoreOpener.open(backups, IfAbsent.CREATE, InstantSource.system());
                BackupTarget target = new BackupTarget(
                        store, Optional::empty, new BackupTargetOptions(null, MetaNodeAlive.REFUSE, directory))) {
            target.prepare(new RestorePoint("prod", Provenance.START));
            image.forEach(target::write);
            target.publish();
        }
        assertDone(metawal("init", "--repo", repo(), "--cluster", "prod"));
        assertDone(metawal("import", "risingwave-backup:" + backups, "--repo", repo()));
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private static Ran assertDone(Ran ran) {
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        return ran;
    }

    private static List<String> notes(JsonNode array) {
        List<String> notes = new ArrayList<>();
        array.forEach(note -> notes.add(note.asText()));
        return notes;
    }

    private static void assertListed(List<String> notes) {
        assertThat(notes)
                .anyMatch(note -> note.startsWith("not rewound: mysql-cdc source shop (7)"))
                .anyMatch(note -> note.startsWith("not rewound: kafka sink out (9)"));
    }

    @Test
    void aPlanListsIt() {
        assertListed(notes(assertDone(metawal("restore", "--to", "latest", "--plan", "-o", "json", "--repo", repo()))
                .json()
                .path("notes")));
    }

    @Test
    void aPlanIntoATargetAndTheRunListTheSame() {
        String hummock = directory.resolve("bucket/h").toString();
        List<String> into = List.of("--into", "risingwave-backup:" + directory.resolve("made"), "--hummock", hummock);
        List<String> planned = notes(run(into, "--plan").path("into").path("notes"));
        assertListed(planned);
        assertThat(planned)
                .anyMatch(note -> note.startsWith("WARNING: the schema history of mysql-cdc source 7"))
                .anyMatch(note -> note.startsWith("WARNING: the restored cluster runs on the same files"))
                .anyMatch(note -> note.startsWith("object ids continue at 10701, not at 12"));
        assertThat(notes(run(into).path("notes"))).containsAll(planned);
    }

    private JsonNode run(List<String> into, String... more) {
        List<String> words = new ArrayList<>(List.of("restore", "--to", "latest", "-o", "json", "--repo", repo()));
        words.addAll(into);
        words.addAll(List.of(more));
        return assertDone(metawal(words.toArray(String[]::new))).json();
    }
}
