/** The image on RocksDB. */
@NullMarked
package io.metawal.storage.rocks;

import org.jspecify.annotations.NullMarked;
