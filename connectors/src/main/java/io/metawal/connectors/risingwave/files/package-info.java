/** Hummock's files in the object store: where they are, which of them a version needs, and its checkpoint. */
@NullMarked
package io.metawal.connectors.risingwave.files;

import org.jspecify.annotations.NullMarked;
