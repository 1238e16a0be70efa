/** The object store of a cluster's Hummock: where it is, its checkpoint, and the files that a version refers to. */
@NullMarked
package io.metawal.connectors.risingwave.files;

import org.jspecify.annotations.NullMarked;
