package io.metawal.storage.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksImageFormatTest {
    @TempDir
    private Path directory;

    /** Works on what an image left, as another program would. */
    @FunctionalInterface
    private interface Edit {
        void edit(RocksDB db) throws RocksDBException;
    }

    private void edit(Edit edit) throws RocksDBException {
        RocksImage.open(directory).close();
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY),
                new ColumnFamilyDescriptor("digests".getBytes(StandardCharsets.US_ASCII)),
                new ColumnFamilyDescriptor("entries.1".getBytes(StandardCharsets.US_ASCII)));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.open(options, directory.toString(), families, handles)) {
            edit.edit(db);
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    @Test
    void aNewerFormatIsRefused() throws RocksDBException {
        byte[] newer = ByteBuffer.allocate(4).putInt(RocksLayout.FORMAT + 1).array();
        edit(db -> db.put(RocksLayout.FORMAT_KEY, newer));
        assertThatThrownBy(() -> RocksImage.open(directory))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("has format 2, this version reads up to 1")
                .hasMessageContaining("rebuilt from the repository");
    }

    @Test
    void anotherDatabaseIsRefused() throws RocksDBException {
        edit(db -> db.createColumnFamily(new ColumnFamilyDescriptor("theirs".getBytes(StandardCharsets.US_ASCII)))
                .close());
        assertThatThrownBy(() -> RocksImage.open(directory))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("is another RocksDB database (it has a column family theirs)");
    }

    @Test
    void whatIsMissingIsNamed() throws RocksDBException {
        edit(db -> db.delete(RocksLayout.PROVENANCE_KEY));
        assertThatThrownBy(() -> RocksImage.open(directory))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("lacks its provenance");
    }

    @Test
    void damageThatWasFoundOnceIsNotForgotten() throws RocksDBException {
        byte[] longer = new ManifestSeal(1L << 40, 1, 1).bytes();
        edit(db -> db.put(RocksLayout.SEAL_KEY, longer));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> RocksImage.open(directory))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("lost files from its list of files");
        }
        RocksImage.discard(directory);
        RocksImage.open(directory).close();
    }

    @Test
    void metaOfAnyLengthComesBack() {
        EntryKey key = EntryKey.of("kv", "k");
        for (int length : new int[] {0, 1, 127, 128, 16_383, 16_384, 70_000}) {
            Entry entry = new Entry(key, ByteString.copyFromUtf8("value"), ByteString.copyFrom(new byte[length]));
            byte[] value = RocksLayout.value(entry);
            assertThat(RocksLayout.entry(key, value)).isEqualTo(entry);
            assertThatThrownBy(() -> RocksLayout.entry(key, new byte[0])).isInstanceOf(CorruptException.class);
        }
    }
}
