@NullMarked
package io.metawal.connectors.risingwave.files;

import org.jspecify.annotations.NullMarked;
