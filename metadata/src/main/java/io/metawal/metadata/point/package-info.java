/** How a person names a point of history. */
@NullMarked
package io.metawal.metadata.point;

import org.jspecify.annotations.NullMarked;
