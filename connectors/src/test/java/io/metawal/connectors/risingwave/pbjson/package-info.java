@NullMarked
package io.metawal.connectors.risingwave.pbjson;

import org.jspecify.annotations.NullMarked;
