/** Files that come into being complete. */
@NullMarked
package io.metawal.connectors.file;

import org.jspecify.annotations.NullMarked;
