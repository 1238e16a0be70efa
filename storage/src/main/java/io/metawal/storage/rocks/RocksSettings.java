package io.metawal.storage.rocks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * How RocksDB is run: in bounded memory whatever the image's size (cache and write buffer, and index and filters inside
 * the cache), and with all column families flushed together, so that they agree also after a power loss.
 */
final class RocksSettings implements AutoCloseable {
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final long LOG_BYTES_MAX = 64L << 20;
    private static final long MANIFEST_BYTES_MAX = 4L << 20;
    private static final int FILTER_BITS_PER_KEY = 10;
    private static final int OPEN_FILES_MAX = 256;

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    final ColumnFamilyOptions family;
    final DBOptions database;

    RocksSettings() {
        Cache cache = keep(new LRUCache(CACHE_BYTES));
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(keep(new BloomFilter(FILTER_BITS_PER_KEY)))
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setCacheIndexAndFilterBlocks(true)
                .setPinTopLevelIndexAndFilter(true);
        family = keep(new ColumnFamilyOptions())
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(WRITE_BUFFER_BYTES);
        database = keep(new DBOptions())
                .setCreateIfMissing(true)
                .setAtomicFlush(true)
                .setDbWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxTotalWalSize(LOG_BYTES_MAX)
                .setMaxManifestFileSize(MANIFEST_BYTES_MAX)
                .setMaxOpenFiles(OPEN_FILES_MAX)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2);
    }

    /** Both together, as a writer of files wants them; to be closed. */
    Options options() {
        return new Options(database, family);
    }

    private <T extends AutoCloseable> T keep(T one) {
        natives.push(one);
        return one;
    }

    @Override
    public void close() {
        for (AutoCloseable one : natives) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException("RocksDB options do not close", e);
            }
        }
    }
}
