/** The simulated RisingWave, against itself and by cases worked out by hand. */
@NullMarked
package io.metawal.connectors.risingwave.simulated;

import org.jspecify.annotations.NullMarked;
