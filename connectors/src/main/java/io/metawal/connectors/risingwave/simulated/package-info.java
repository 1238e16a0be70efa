/**
 * A simulated RisingWave: what a meta node writes, and what its Hummock version then is, written plainly and apart from what
 * captures and restores it. For tests, the demo and the benchmarks; nothing else calls it.
 */
@NullMarked
package io.metawal.connectors.risingwave.simulated;

import org.jspecify.annotations.NullMarked;
