/** Segments out of the log: followed, cut, published, and the hot log trimmed behind them. */
@NullMarked
package io.metawal.wal.archive;

import org.jspecify.annotations.NullMarked;
