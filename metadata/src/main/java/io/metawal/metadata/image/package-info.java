/** What is: the state that a fold over commits gives, with its digest and provenance. */
@NullMarked
package io.metawal.metadata.image;

import org.jspecify.annotations.NullMarked;
