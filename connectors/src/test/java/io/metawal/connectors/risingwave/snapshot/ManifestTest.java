package io.metawal.connectors.risingwave.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests of each release, to the byte. */
class ManifestTest {
    private static final String V2_6 =
            "{\"manifest_id\":2,\"snapshot_metadata\":[{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],"
                    + "\"format_version\":2,\"remarks\":null,\"state_table_info\":{\"1001\":{\"committed_epoch\":8000000000000000,"
                    + "\"compaction_group_id\":3}},\"rw_version\":\"2.6.3\"}]}";

    private static Manifest parse(String text) {
        return Manifest.parse(text.getBytes(StandardCharsets.UTF_8), "manifest.json");
    }

    private static String text(Manifest manifest) {
        return new String(manifest.encode(), StandardCharsets.UTF_8);
    }

    private static ManifestEntry draft(@Nullable String version, int format, @Nullable String remarks) {
        HummockVersion head = HummockVersion.newBuilder()
                .setId(5)
                .setMaxCommittedEpoch(9)
                .setSafeEpoch(8)
                .putStateTableInfo(
                        1001,
                        StateTableInfo.newBuilder()
                                .setCommittedEpoch(8000000000000000L)
                                .setCompactionGroupId(3)
                                .build())
                .build();
        RwVersion by = version == null ? null : RwVersion.parse(version);
        return new ManifestDraft(1, format, by, remarks, new long[] {1, 3}, head).entry();
    }

    @Test
    void readAndWritten() {
        Manifest manifest = parse(V2_6);
        assertThat(text(manifest)).isEqualTo(V2_6);
        ManifestEntry entry = manifest.snapshots().get(0);
        assertThat(entry.id()).isEqualTo(1);
        assertThat(entry.hummockVersionId()).isEqualTo(5);
        assertThat(entry.formatVersion()).isEqualTo(2);
        assertThat(entry.version()).isEqualTo(new RwVersion(2, 6, 3));
        assertThat(entry.objectIds()).containsExactly(1, 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "1.3.0|1|{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],\"max_committed_epoch\":9,\"safe_epoch\":8}",
                "1.5.0|1|{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],\"max_committed_epoch\":9,\"safe_epoch\":8,\"format_version\":1}",
                "1.9.0|2|{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],\"max_committed_epoch\":9,\"safe_epoch\":8,\"format_version\":2,\"remarks\":null}",
                "2.0.1|2|{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],\"max_committed_epoch\":9,\"safe_epoch\":8,\"format_version\":2,\"remarks\":null,\"state_table_info\":{\"1001\":{\"committedEpoch\":\"8000000000000000\",\"compactionGroupId\":\"3\"}},\"rw_version\":\"2.0.1\"}",
                "-|1|{\"id\":1,\"hummock_version_id\":5,\"ssts\":[1,3],\"max_committed_epoch\":9,\"safe_epoch\":8,\"format_version\":1,\"remarks\":null,\"state_table_info\":{\"1001\":{\"committedEpoch\":\"8000000000000000\",\"compactionGroupId\":\"3\"}},\"rw_version\":null}"
            })
    void asEachReleaseWrites(@Nullable String version, int format, String expected) {
        assertThat(draft(version, format, null).raw().toStringUtf8()).isEqualTo(expected);
    }

    @Test
    void aNewEntryStandsBehindTheOthers() {
        Manifest manifest = Manifest.EMPTY.with(draft("2.6.3", 2, null));
        assertThat(text(manifest)).isEqualTo(V2_6.replace("\"manifest_id\":2", "\"manifest_id\":1"));
    }

    @Test
    void whatIsNotKnownIsKept() {
        String text =
                "{\"manifest_id\":18446744073709551615,\"snapshot_metadata\":[{\"new\":{\"a\":[1, 2]},\"id\":18446744073709551614,"
                        + "\"ssts\":[18446744073709551613]}],\"other\":{\"x\":\"\\u00e9 é\"},\"more\":7}";
        Manifest manifest = parse(text);
        assertThat(text(manifest)).isEqualTo(text);
        assertThat(manifest.snapshots().get(0).object()).isEqualTo("18446744073709551614.snapshot");
        assertThat(manifest.snapshots().get(0).objectIds()).containsExactly(-3L);
        assertThat(manifest.snapshots().get(0).version()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|it is no JSON object",
                "{\"manifest_id\":1}|must have manifest_id and snapshot_metadata",
                "{\"manifest_id\":1,\"snapshot_metadata\":[7]}|entry is no JSON object",
                "{\"manifest_id\":1,\"snapshot_metadata\":[{}]}|an entry has no id",
                "{\"manifest_id\":1,\"snapshot_metadata\":[{\"id\":1}|manifest"
            })
    void broken(String text, String message) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining(message);
    }
}
