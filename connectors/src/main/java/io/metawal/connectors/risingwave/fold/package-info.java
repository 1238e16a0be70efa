/** Version deltas of RisingWave's Hummock, folded into the keyed version: the same whichever meta store they come from. */
@NullMarked
package io.metawal.connectors.risingwave.fold;

import org.jspecify.annotations.NullMarked;
