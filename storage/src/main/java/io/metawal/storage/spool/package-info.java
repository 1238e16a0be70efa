/** Temporary files that give back what was written to them, or fail. */
@NullMarked
package io.metawal.storage.spool;

import org.jspecify.annotations.NullMarked;
