/** RisingWave's own backup directory as the place of a restore. */
@NullMarked
package io.metawal.connectors.risingwave.backuptarget;

import org.jspecify.annotations.NullMarked;
