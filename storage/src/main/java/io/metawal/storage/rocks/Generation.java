package io.metawal.storage.rocks;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

/** The entries since the last load: a column family, kept open for as long as the image or a view uses it. */
final class Generation {
    static final String PREFIX = "entries.";

    final RocksDB db;
    final long number;
    final ColumnFamilyHandle family;
    final Shared use;

    Generation(RocksDatabase database, long number, ColumnFamilyHandle family) {
        this.db = database.db;
        this.number = number;
        this.family = family;
        database.use.retain();
        this.use = new Shared(() -> {
            family.close();
            database.use.release();
        });
    }
}
