/** RisingWave's own backups as a source of commits. */
@NullMarked
package io.metawal.connectors.risingwave.backup;

import org.jspecify.annotations.NullMarked;
