/** Hummock's version, the list of all SSTs, as keyed entries: split, kept up to date by deltas, and put together again. */
@NullMarked
package io.metawal.connectors.risingwave.hummock;

import org.jspecify.annotations.NullMarked;
