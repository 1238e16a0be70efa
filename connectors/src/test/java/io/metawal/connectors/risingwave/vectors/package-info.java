/** Tests with what RisingWave's own code wrote. */
@NullMarked
package io.metawal.connectors.risingwave.vectors;

import org.jspecify.annotations.NullMarked;
