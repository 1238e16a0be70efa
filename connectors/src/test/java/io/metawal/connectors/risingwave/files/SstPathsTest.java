package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.files.ObjectIds.Kind;
import io.metawal.connectors.risingwave.files.SstPaths.Prefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths of files that real clusters have. */
class SstPathsTest {
    @ParameterizedTest
    @CsvSource({"177975, 119", "57792807, 221", "1, 255", "2, 69", "10000, 104"})
    void hashed(long id, int folder) {
        assertThat(new SstPaths("hummock_001", Prefix.HASHED).of(Kind.SST, id).value())
                .isEqualTo("hummock_001/" + folder + "/" + id + ".data");
    }

    @Test
    void plain() {
        SstPaths paths = new SstPaths("a/b/", Prefix.NONE);
        assertThat(paths.of(Kind.VECTOR, -1).value()).isEqualTo("a/b/18446744073709551615.vector");
        assertThat(paths.of(Kind.GRAPH, 7).value()).isEqualTo("a/b/7.hnsw_graph");
        assertThat(paths.checkpoint().value()).isEqualTo("a/b/checkpoint/0");
        assertThat(new SstPaths("", Prefix.NONE).checkpoint().value()).isEqualTo("checkpoint/0");
    }

    @ParameterizedTest
    @CsvSource({
        "hummock+s3://bucket, false, HASHED",
        "s3://bucket, '', HASHED",
        "hummock+minio://k:s@h:1/b, false, HASHED",
        "hummock+gcs://bucket, true, HASHED",
        "hummock+gcs://bucket, false, NONE",
        "hummock+fs:///data, '', NONE",
        "hummock+azblob://c, true, HASHED",
        "hummock+memory, true, NONE"
    })
    void byTheStoreAndTheParameter(String stateStore, String parameter, Prefix expected) {
        assertThat(SstPaths.of(stateStore, "d", parameter).prefix()).isEqualTo(expected);
    }
}
