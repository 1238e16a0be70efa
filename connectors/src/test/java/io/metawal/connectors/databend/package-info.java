/** Databend exports, imported and written again, held against a plain model. */
@NullMarked
package io.metawal.connectors.databend;

import org.jspecify.annotations.NullMarked;
