/** RisingWave's own backup format: the bytes of its snapshots and of its manifest (docs/formats/risingwave-backup.md). */
@NullMarked
package io.metawal.connectors.risingwave.snapshot;

import org.jspecify.annotations.NullMarked;
