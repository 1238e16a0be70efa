/** RisingWave's metadata: what its rows are, and where they are captured into. */
@NullMarked
package io.metawal.connectors.risingwave;

import org.jspecify.annotations.NullMarked;
