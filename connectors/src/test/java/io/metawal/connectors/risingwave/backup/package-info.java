@NullMarked
package io.metawal.connectors.risingwave.backup;

import org.jspecify.annotations.NullMarked;
