/** Exports, read line by line with bounded memory, every fault named by line and field. */
@NullMarked
package io.metawal.connectors.databend.export;

import org.jspecify.annotations.NullMarked;
