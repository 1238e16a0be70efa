@NullMarked
package io.metawal.connectors.risingwave.snapshot;

import org.jspecify.annotations.NullMarked;
