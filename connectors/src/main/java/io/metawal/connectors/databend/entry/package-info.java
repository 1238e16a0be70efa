/** How what the meta service holds stands in the log: spaces, keys, values, meta; and as lines of an export. */
@NullMarked
package io.metawal.connectors.databend.entry;

import org.jspecify.annotations.NullMarked;
