/** Stored formats: segments and snapshot chunks. */
@NullMarked
package io.metawal.storage.format;

import org.jspecify.annotations.NullMarked;
