@NullMarked
package io.metawal.connectors.risingwave.outside;

import org.jspecify.annotations.NullMarked;
