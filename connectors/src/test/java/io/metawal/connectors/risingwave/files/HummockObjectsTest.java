package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HnswFlatIndex;
import io.metawal.connectors.risingwave.proto.HnswGraphFileInfo;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("server")
class HummockObjectsTest {
    @TempDir
    private Path bucket;

    /** Paths seen in the field. */
    @ParameterizedTest
    @CsvSource({"177975, 119", "57792807, 221", "1, 255", "2, 69", "10000, 104"})
    void prefixes(long id, int prefix) {
        assertThat(new SstPaths("", SstPaths.Prefix.HASHED)
                        .of(ObjectIds.Kind.SST, id)
                        .value())
                .isEqualTo(prefix + "/" + id + ".data");
        assertThat(new SstPaths("", SstPaths.Prefix.NONE)
                        .of(ObjectIds.Kind.SST, id)
                        .value())
                .isEqualTo(id + ".data");
    }

    @ParameterizedTest
    @CsvSource({
        "hummock+s3://b, hummock_001, s3://b/hummock_001",
        "hummock+fs:///data/x, h, file:/data/x/h",
        "hummock+minio://k:s@host:9301/bucket, h, s3://bucket/h",
        "s3://b/, h, s3://b/h",
    })
    void whereParametersSay(String stateStore, String directory, String url) {
        assertThat(HummockUrl.of(new HummockParameters(stateStore, directory, "true"), Map.of())
                        .url())
                .isEqualTo(url);
    }

    @Test
    void aStoreThatCannotBeOpened() {
        assertThatThrownBy(() -> HummockUrl.of(new HummockParameters("hummock+azblob://c", "h", ""), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("azblob://c")
                .hasMessageContaining("hummock=file:/path");
    }

    private HummockParameters parameters(String spreads) {
        return HummockParameters.of(Map.of(
                "state_store",
                "hummock+fs://" + bucket,
                "data_directory",
                "hummock_001",
                "use_new_object_prefix_strategy",
                spreads));
    }

    private static HummockVersion version(int ssts) {
        HummockVersion.Levels.Builder levels = HummockVersion.Levels.newBuilder();
        Level.Builder level = Level.newBuilder().setLevelIdx(1);
        for (int id = 1; id <= ssts; id++) {
            level.addTableInfos(SstableInfo.newBuilder().setObjectId(id).setSstId(10_000L + id));
        }
        return HummockVersion.newBuilder()
                .setId(5)
                .putLevels(
                        2,
                        levels.addLevels(level)
                                .setL0(OverlappingLevel.getDefaultInstance())
                                .build())
                .putVectorIndexes(
                        9,
                        VectorIndex.newBuilder()
                                .setHnswFlat(HnswFlatIndex.newBuilder()
                                        .addVectorFiles(
                                                VectorFileInfo.newBuilder().setObjectId(90_001))
                                        .setGraphFile(
                                                HnswGraphFileInfo.newBuilder().setObjectId(90_002)))
                                .build())
                .build();
    }

    private void file(String name) throws IOException {
        Path file = bucket.resolve("hummock_001").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }

    @ParameterizedTest
    @CsvSource({"3, true", "3, false", "2001, true", "2001, false"})
    void everyFileIsAskedFor(int ssts, boolean spread) throws IOException {
        SstPaths paths = new SstPaths("", spread ? SstPaths.Prefix.HASHED : SstPaths.Prefix.NONE);
        SstPaths others = new SstPaths("", spread ? SstPaths.Prefix.NONE : SstPaths.Prefix.HASHED);
        for (int id = 1; id <= ssts; id++) {
            file((id == 2 ? others : paths).of(ObjectIds.Kind.SST, id).value());
        }
        file(paths.of(ObjectIds.Kind.VECTOR, 90_001).value());
        RwFiles files =
                new HummockObjects(null, Map.of(), InstantSource.system()).restored(FileCheckMode.REQUIRED, null);
        HummockParameters parameters = parameters(Boolean.toString(spread));
        assertThatThrownBy(() -> files.check(version(ssts), parameters))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DATA_FILE_MISSING))
                .hasMessageContaining("2 of " + (ssts + 2) + " files")
                .hasMessageContaining(paths.of(ObjectIds.Kind.SST, 2).value())
                .hasMessageContaining(paths.of(ObjectIds.Kind.GRAPH, 90_002).value());
        file(paths.of(ObjectIds.Kind.SST, 2).value());
        file(paths.of(ObjectIds.Kind.GRAPH, 90_002).value());
        assertThatCode(() -> files.check(version(ssts), parameters)).doesNotThrowAnyException();
    }

    @Test
    void theCheckpointComesBack() throws IOException {
        HummockObjects objects = new HummockObjects(null, Map.of(), InstantSource.system());
        Files.createDirectories(bucket.resolve("hummock_001"));
        assertThatThrownBy(() -> objects.checkpoint(parameters("true")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("checkpoint/0");
        for (String version : List.of("2.0.1", "3.0.0")) {
            objects.restored(FileCheckMode.NOT_ASKED, RwVersion.parse(version))
                    .checkpoint(version(7), parameters("true"));
            assertThat(objects.checkpoint(parameters("true"))).isEqualTo(version(7));
        }
    }

    /** By the parameters of a cluster on S3, and by a URL; on S3 files are always spread over prefixes. */
    @Test
    void aHummockOnS3() {
        try (S3Server s3 = S3Server.shared()) {
            String bucketName = S3Server.BUCKET;
            String directory = "hummock_" + ProcessHandle.current().pid();
            HummockObjects objects = new HummockObjects(null, s3.environment(), InstantSource.system());
            HummockParameters parameters = new HummockParameters("hummock+s3://" + bucketName, directory, "false");
            objects.restored(FileCheckMode.NOT_ASKED, RwVersion.parse("3.0.0")).checkpoint(version(2), parameters);
            HummockObjects told = new HummockObjects(
                    "s3://" + bucketName + "/" + directory, s3.environment(), InstantSource.system());
            assertThat(told.checkpoint(HummockParameters.UNKNOWN)).isEqualTo(version(2));
            assertThatThrownBy(
                            () -> objects.restored(FileCheckMode.REQUIRED, null).check(version(2), parameters))
                    .hasMessageContaining("4 of 4 files")
                    .hasMessageContaining("255/1.data");
        }
    }

    private HummockObjects objects(@org.jspecify.annotations.Nullable String told) {
        return new HummockObjects(told, Map.of(), InstantSource.system());
    }

    private HummockParameters inBucket(String directory) {
        return new HummockParameters("hummock+fs://" + bucket, directory, "");
    }

    @Test
    void aCheckpointThatIsThereIsKept() throws IOException {
        objects(null).restored(FileCheckMode.NOT_ASKED, null).checkpoint(withId(9), inBucket("h"));
        byte[] old = Files.readAllBytes(bucket.resolve("h/checkpoint/0"));
        RwFiles files = objects(null).restored(FileCheckMode.NOT_ASKED, null);
        files.checkpoint(withId(7), inBucket("h"));
        assertThat(objects(null).checkpoint(inBucket("h"))).isEqualTo(withId(7));
        assertThat(Files.readAllBytes(bucket.resolve("h/checkpoint/0.before-metawal-9")))
                .isEqualTo(old);
        assertThat(files.notes())
                .singleElement()
                .asString()
                .contains("0.before-metawal-9")
                .contains("newer than the one restored, version 7");

        RwFiles again = objects(null).restored(FileCheckMode.NOT_ASKED, null);
        again.checkpoint(withId(7), inBucket("h"));
        assertThat(again.notes()).as("repeated").isEmpty();

        Files.write(bucket.resolve("h/checkpoint/0.before-metawal-7"), new byte[] {1});
        again.checkpoint(withId(8), inBucket("h"));
        assertThat(Files.readAllBytes(bucket.resolve("h/checkpoint/0.before-metawal-7")))
                .as("never overwritten")
                .containsExactly(1);
        assertThat(again.notes())
                .singleElement()
                .asString()
                .contains("0.before-metawal-7-2")
                .doesNotContain("newer");
        Files.write(bucket.resolve("h/checkpoint/0"), new byte[] {-1});
        again.checkpoint(withId(8), inBucket("h"));
        assertThat(again.notes()).last().asString().contains("before-metawal-unreadable");
    }

    private static HummockVersion withId(long id) {
        return version(2).toBuilder().setId(id).build();
    }

    @Test
    void aLivingClustersFilesAreLeftAlone() {
        RwFiles files = objects(null)
                .restored(
                        FileCheckMode.NOT_ASKED,
                        null,
                        () -> java.util.Optional.of("something answers at m:1"),
                        RwFiles.Ids.AFTER_FILES);
        assertThatThrownBy(() -> files.requireStopped(inBucket("h"), inBucket("h")))
                .hasMessageContaining("something answers at m:1")
                .hasMessageContaining("--even-if-alive")
                .extracting(e -> ((MetawalException) e).code())
                .isEqualTo(ExitCode.BUSY);
        assertThatThrownBy(() -> files.requireStopped(
                        inBucket("h"), new HummockParameters("hummock+fs://" + bucket + "/", "h", "true")))
                .extracting(e -> ((MetawalException) e).code())
                .isEqualTo(ExitCode.BUSY);
        assertThatCode(() -> files.requireStopped(inBucket("h"), inBucket("other")))
                .doesNotThrowAnyException();
    }

    @Test
    void aPlaceToldInTwoWaysMustBeOne() {
        String told = bucket.resolve("h").toString();
        RwFiles files = objects("file:" + told).restored(FileCheckMode.NOT_ASKED, null);
        assertThatThrownBy(() -> files.check(version(2), inBucket("other")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(told)
                .hasMessageContaining(bucket + "/other")
                .hasMessageContaining("--state-store");
        assertThatCode(() -> files.check(version(2), inBucket("h"))).doesNotThrowAnyException();
        HummockParameters elsewhere = new HummockParameters("hummock+memory", "h", "");
        assertThatCode(() -> files.check(version(2), elsewhere)).doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        objects(null).restored(FileCheckMode.NOT_ASKED, null).check(version(2), elsewhere))
                .as("before anything is written")
                .isInstanceOf(UsageException.class);
        HummockParameters s3 = new HummockParameters("hummock+s3://b", "h", "");
        assertThat(objects("s3://b/h/").restored(FileCheckMode.NOT_ASKED, null).place(s3))
                .isEqualTo("s3://b/h");
    }

    @Test
    void aDirectoryThatIsNotThereIsSaidToBeHummocks() {
        assertThatThrownBy(() -> objects(bucket.resolve("gone").toString()).checkpoint(inBucket("h")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("gone is no directory")
                .hasMessageContaining("Hummock")
                .hasMessageNotContaining("init");
    }

    /** A7: other points lose their files once the restored cluster collects garbage. */
    @Test
    void aRestoreOntoTheSameFilesWarns() {
        RwFiles same = objects(null).restored(FileCheckMode.NOT_ASKED, null);
        same.requireStopped(inBucket("h"), inBucket("h"));
        assertThat(same.notes())
                .singleElement()
                .asString()
                .contains("same files", "garbage collection", "versioning", "min_sst_retention_time_sec")
                .contains("time_travel_retention_ms");
        RwFiles copy = objects(null).restored(FileCheckMode.NOT_ASKED, null);
        copy.requireStopped(inBucket("h"), inBucket("copy"));
        assertThat(copy.notes()).isEmpty();
    }

    /** A12: the list that shows what is missing shows how far ids were handed out. */
    @Test
    void theGreatestObjectIsOfTheList() throws IOException {
        SstPaths paths = new SstPaths("", SstPaths.Prefix.HASHED);
        for (int id = 1; id <= 3; id++) {
            file(paths.of(ObjectIds.Kind.SST, id).value());
        }
        file(paths.of(ObjectIds.Kind.VECTOR, 90_001).value());
        file(paths.of(ObjectIds.Kind.GRAPH, 90_002).value());
        file(paths.of(ObjectIds.Kind.SST, 123_456).value());
        HummockParameters parameters = parameters("true");
        RwFiles files = objects(null).restored(FileCheckMode.REQUIRED, null);
        files.check(version(3), parameters);
        assertThat(files.greatestObject(parameters)).hasValue(123_456);
        RwFiles asKnown =
                objects(null).restored(FileCheckMode.REQUIRED, null, java.util.Optional::empty, RwFiles.Ids.AS_KNOWN);
        asKnown.check(version(3), parameters);
        assertThat(asKnown.greatestObject(parameters)).isEmpty();
        RwFiles unseen = objects(null).restored(FileCheckMode.NOT_ASKED, null);
        unseen.check(version(3), parameters);
        assertThat(unseen.greatestObject(parameters)).isEmpty();
        assertThat(unseen.notes()).anyMatch(note -> note.contains("was not listed"));
    }

    /** A8: MySQL's schema history is part of the data directory, and not of Hummock. */
    @Test
    void schemaHistoriesAreLookedFor() throws IOException {
        file("rw-cdc-schema-history/source-7/schema_history_0.dat");
        assertThat(objects(null).withoutSchemaHistory(List.of("7", "70", "8"), parameters("true")))
                .containsExactly("70", "8");
    }

    /** A15: the parameter says where a file is, whatever the way there is. */
    @ParameterizedTest
    @CsvSource({
        "hummock+gcs://b, false, 1.data",
        "hummock+gcs://b@root, true, 255/1.data",
        "hummock+azblob://c, false, 1.data",
        "hummock+azblob://c, true, 255/1.data",
        "hummock+oss://b, '', 1.data",
        "hummock+obs://b, true, 255/1.data",
        "hummock+s3://b, false, 255/1.data",
        "hummock+s3-compatible://b, '', 255/1.data",
        "hummock+minio://k:s@h:9000/b, false, 255/1.data",
    })
    void theSchemeOfTheParameterDecidesThePath(String stateStore, String spreads, String expected) throws IOException {
        file(expected);
        HummockObjects gateway = objects(bucket.resolve("hummock_001").toString());
        ObjectIds ids = new ObjectIds();
        ids.add(ObjectIds.Kind.SST, 1);
        HummockParameters parameters = new HummockParameters(stateStore, "h", spreads);
        assertThat(gateway.require(ids, parameters)).hasValue(1);
        Files.delete(bucket.resolve("hummock_001").resolve(expected));
        file(expected.contains("/") ? "1.data" : "255/1.data");
        assertThatThrownBy(() -> gateway.require(ids, parameters)).hasMessageContaining(expected);
    }

    /** A15: the endpoint of a MinIO, by its own keys, while the repository's are others. */
    @Test
    void aMinioHasKeysOfItsOwn() {
        try (S3Server s3 = S3Server.shared()) {
            Map<String, String> env = s3.environment();
            String minio = "hummock+minio://" + env.get("AWS_ACCESS_KEY_ID") + ":" + env.get("AWS_SECRET_ACCESS_KEY")
                    + "@" + env.get("METAWAL_S3_ENDPOINT") + "/" + S3Server.BUCKET;
            Map<String, String> repository = Map.of(
                    "METAWAL_S3_ENDPOINT", "http://127.0.0.1:1",
                    "METAWAL_S3_PROFILE", "nobody",
                    "AWS_ACCESS_KEY_ID", "other",
                    "AWS_SECRET_ACCESS_KEY", "other");
            String directory = "minio_" + ProcessHandle.current().pid();
            HummockObjects objects = new HummockObjects(null, repository, InstantSource.system());
            HummockParameters parameters = new HummockParameters(minio, directory, "");
            objects.restored(FileCheckMode.NOT_ASKED, null).checkpoint(version(2), parameters);
            assertThat(objects.checkpoint(parameters)).isEqualTo(version(2));
            // A backup's URL is of the same kind, and says its keys itself.
            String backup = minio.substring("hummock+".length()) + "/" + directory;
            try (ObjectStore store =
                    RisingWaveStores.open(backup, IfAbsent.REFUSE, InstantSource.system(), repository)) {
                assertThat(store.read(HummockObjects.CHECKPOINT)).isNotEmpty();
            }
            assertThat(RisingWaveStores.place(backup)).isEqualTo("s3://" + S3Server.BUCKET + "/" + directory);
        }
    }
}
