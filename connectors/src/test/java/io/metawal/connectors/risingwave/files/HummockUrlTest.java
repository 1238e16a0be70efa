package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UsageException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A15: every store that RisingWave has and that has an S3 interface is reached by its own endpoint and keys. */
class HummockUrlTest {
    private static final Map<String, String> REPOSITORY = Map.of(
            "METAWAL_S3_ENDPOINT", "https://repo:9000",
            "METAWAL_S3_REGION", "eu-1",
            "AWS_ACCESS_KEY_ID", "repo-key",
            "AWS_SECRET_ACCESS_KEY", "repo-secret",
            "AWS_SESSION_TOKEN", "repo-token");

    private static Map<String, String> with(String... more) {
        Map<String, String> all = new HashMap<>(REPOSITORY);
        for (int n = 0; n < more.length; n += 2) {
            all.put(more[n], more[n + 1]);
        }
        return all;
    }

    private static Map<String, String> reached(String stateStore, Map<String, String> environment) {
        HummockUrl.Place place = HummockUrl.of(new HummockParameters(stateStore, "h", ""), environment);
        return HummockEnvironment.of(environment, place.environment());
    }

    @ParameterizedTest
    @CsvSource({
        "hummock+s3://b, s3://b/h",
        "hummock+s3-compatible://b, s3://b/h",
        "hummock+gcs://b, s3://b/h",
        "hummock+gcs://b@root/dir, s3://b/root/dir/h",
        "hummock+oss://b@/root/, s3://b/root/h",
        "hummock+obs://b, s3://b/h",
        "hummock+minio://k:s@h:9000/b, s3://b/h",
        "hummock+minio://k:s@https://h/b/, s3://b/h",
        "hummock+fs:///data, file:/data/h",
    })
    void places(String stateStore, String url) {
        assertThat(HummockUrl.of(new HummockParameters(stateStore, "h", ""), Map.of())
                        .url())
                .isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hummock+azblob://c@root", "hummock+hdfs://n:1@/root", "hummock+webhdfs://n@/root"})
    void withoutAnS3InterfaceAGatewayIsNamed(String stateStore) {
        assertThatThrownBy(() -> HummockUrl.of(new HummockParameters(stateStore, "h", ""), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("gateway")
                .hasMessageContaining("METAWAL_HUMMOCK_S3_ENDPOINT");
    }

    @Test
    void secretsAreNotPrinted() {
        HummockUrl.Place place =
                HummockUrl.of(new HummockParameters("hummock+minio://key:se/cret@h:9000/b", "h", ""), Map.of());
        assertThat(place.toString()).isEqualTo("s3://b/h");
        assertThatThrownBy(() ->
                        HummockUrl.of(new HummockParameters("hummock+minio://key:se/cret@nobucket", "h", ""), Map.of()))
                .hasMessageNotContaining("cret");
        assertThatThrownBy(() -> HummockUrl.named("minio://key:se/cret@nobucket", Map.of()))
                .hasMessageNotContaining("cret");
    }

    @Test
    void theRepositorysSettingsHoldWhereTheStoreHasNone() {
        assertThat(reached("hummock+s3://b", REPOSITORY)).isEqualTo(REPOSITORY);
    }

    @Test
    void keysOfTheUrlGoToItsEndpointAlone() {
        Map<String, String> minio = reached("hummock+minio://k:s/e@https://h:9000/b", with("METAWAL_S3_PROFILE", "p"));
        assertThat(minio)
                .containsEntry("METAWAL_S3_ENDPOINT", "https://h:9000")
                .containsEntry("METAWAL_S3_PATH_STYLE", "true")
                .containsEntry("AWS_ACCESS_KEY_ID", "k")
                .containsEntry("AWS_SECRET_ACCESS_KEY", "s/e")
                .doesNotContainKeys("AWS_SESSION_TOKEN", "METAWAL_S3_PROFILE", "METAWAL_S3_REGION");
    }

    @Test
    void ownVariablesGoBeforeEverything() {
        Map<String, String> own = with(
                "METAWAL_HUMMOCK_S3_ENDPOINT", "https://own",
                "METAWAL_HUMMOCK_S3_PATH_STYLE", "false",
                "METAWAL_HUMMOCK_ACCESS_KEY_ID", "own-key",
                "METAWAL_HUMMOCK_SECRET_ACCESS_KEY", "own-secret");
        for (String store : new String[] {"hummock+s3://b", "hummock+gcs://b", "hummock+minio://k:s@h/b"}) {
            assertThat(reached(store, own))
                    .containsEntry("METAWAL_S3_ENDPOINT", "https://own")
                    .containsEntry("METAWAL_S3_PATH_STYLE", "false")
                    .containsEntry("AWS_ACCESS_KEY_ID", "own-key")
                    .containsEntry("AWS_SECRET_ACCESS_KEY", "own-secret")
                    .doesNotContainKey("AWS_SESSION_TOKEN");
        }
        assertThat(HummockEnvironment.of(own, HummockUrl.named("s3://b/h", own).environment()))
                .containsEntry("AWS_ACCESS_KEY_ID", "own-key");
    }

    @Test
    void variablesOfRisingWaveAreTaken() {
        assertThat(reached("hummock+s3://b", with("RW_S3_ENDPOINT", "http://s:1", "RW_IS_FORCE_PATH_STYLE", "false")))
                .containsEntry("METAWAL_S3_ENDPOINT", "http://s:1")
                .containsEntry("METAWAL_S3_PATH_STYLE", "false")
                .containsEntry("AWS_ACCESS_KEY_ID", "repo-key")
                .doesNotContainKey("METAWAL_S3_REGION");
        assertThat(reached(
                        "hummock+oss://b",
                        with(
                                "OSS_ENDPOINT",
                                "oss-x.example.com",
                                "OSS_ACCESS_KEY_ID",
                                "a",
                                "OSS_ACCESS_KEY_SECRET",
                                "b")))
                .containsEntry("METAWAL_S3_ENDPOINT", "https://oss-x.example.com")
                .containsEntry("METAWAL_S3_PATH_STYLE", "false")
                .containsEntry("AWS_ACCESS_KEY_ID", "a")
                .containsEntry("AWS_SECRET_ACCESS_KEY", "b");
        assertThat(reached(
                        "hummock+obs://b",
                        with(
                                "OBS_ENDPOINT", "https://obs.example.com",
                                "OBS_ACCESS_KEY_ID", "a",
                                "OBS_SECRET_ACCESS_KEY", "b")))
                .containsEntry("METAWAL_S3_ENDPOINT", "https://obs.example.com")
                .containsEntry("AWS_SECRET_ACCESS_KEY", "b");
        assertThat(reached("hummock+gcs://b", REPOSITORY))
                .containsEntry("METAWAL_S3_ENDPOINT", "https://storage.googleapis.com")
                .containsEntry("METAWAL_S3_REGION", "auto");
    }
}
