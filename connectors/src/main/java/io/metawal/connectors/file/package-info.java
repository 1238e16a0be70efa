/** Files that come into being whole. */
@NullMarked
package io.metawal.connectors.file;

import org.jspecify.annotations.NullMarked;
