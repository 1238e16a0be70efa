/** The state machine's rules: what a raft log entry does to the records. */
@NullMarked
package io.metawal.connectors.databend.replay;

import org.jspecify.annotations.NullMarked;
