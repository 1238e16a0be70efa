@NullMarked
package io.metawal.connectors.risingwave.hummock;

import org.jspecify.annotations.NullMarked;
