package io.metawal.connectors.risingwave.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.files.ObjectIds.Kind;
import io.metawal.connectors.risingwave.files.SstPaths.Prefix;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Whether files are there, asked one by one and by a list. */
class FileCheckTest {
    private final MemoryObjectStore store = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
    private final SstPaths paths = new SstPaths("d", Prefix.HASHED);

    private void put(String key) {
        store.create(new ObjectKey(key), ObjectBody.of(new byte[] {1}));
    }

    @Test
    void namesWhatIsMissing() {
        ObjectIds ids = new ObjectIds();
        for (long id = 1; id <= 60; id++) {
            ids.add(Kind.SST, id);
            put(paths.of(Kind.SST, id).value());
        }
        ids.add(Kind.SST, 7);
        ids.add(Kind.VECTOR, 61);
        ids.add(Kind.GRAPH, 62);
        put(paths.of(Kind.VECTOR, 61).value());
        put(paths.of(Kind.GRAPH, 62).value());
        put("d/checkpoint/0");
        put("elsewhere/9.data");
        FileCheck check = new FileCheck(store, paths);
        assertThat(check.look(ids).missing()).isEmpty();
        assertThat(check.require(ids)).hasValue(62);

        store.delete(paths.of(Kind.SST, 7));
        store.delete(paths.of(Kind.VECTOR, 61));
        // In the wrong place, or of another kind, it does not count.
        put("d/7.data");
        put("d/61.data");
        assertThat(check.look(ids).missing()).containsExactly(paths.of(Kind.SST, 7), paths.of(Kind.VECTOR, 61));
        assertThatThrownBy(() -> check.require(ids))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DATA_FILE_MISSING))
                .hasMessageContaining("2 of 62 files")
                .hasMessageContaining(paths.of(Kind.SST, 7).value());
    }

    /** A12: what nobody refers to any more was handed out, too. */
    @Test
    void theGreatestIdIsOfAnyFile() {
        FileCheck check = new FileCheck(store, paths);
        assertThat(check.look(new ObjectIds()).greatest()).isEmpty();
        put("elsewhere/900.data");
        put("d/checkpoint/0");
        put("d/backup/77.snapshot");
        assertThat(check.look(new ObjectIds()).greatest()).isEmpty();
        put(paths.of(Kind.SST, 17).value());
        put("d/500.hnsw_graph");
        assertThat(check.look(new ObjectIds()).greatest()).hasValue(500);
        put("d/1/18446744073709551615.data");
        assertThat(check.look(new ObjectIds()).greatest())
                .as("no generator comes to that")
                .hasValue(500);
    }
}
