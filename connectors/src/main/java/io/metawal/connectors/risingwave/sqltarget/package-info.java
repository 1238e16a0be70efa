/** RisingWave's meta store on SQL as the place of a restore. */
@NullMarked
package io.metawal.connectors.risingwave.sqltarget;

import org.jspecify.annotations.NullMarked;
