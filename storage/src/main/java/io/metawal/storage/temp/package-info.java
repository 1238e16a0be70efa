/** Temporary files of this machine: removed when they are no longer needed, and after a crash by the next process. */
@NullMarked
package io.metawal.storage.temp;

import org.jspecify.annotations.NullMarked;
