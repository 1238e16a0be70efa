/** RisingWave's own backups as a source of commits, and as the place of a restore. */
@NullMarked
package io.metawal.connectors.risingwave.backup;

import org.jspecify.annotations.NullMarked;
