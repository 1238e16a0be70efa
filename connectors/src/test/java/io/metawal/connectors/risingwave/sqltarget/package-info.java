@NullMarked
package io.metawal.connectors.risingwave.sqltarget;

import org.jspecify.annotations.NullMarked;
