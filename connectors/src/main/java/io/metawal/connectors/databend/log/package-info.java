/** The raft log: what its entries say, read out of JSON of every version. */
@NullMarked
package io.metawal.connectors.databend.log;

import org.jspecify.annotations.NullMarked;
