/** What metawal costs over the engines underneath, and against what one would use instead: in one run, on one machine. */
@NullMarked
package io.metawal.bench;

import org.jspecify.annotations.NullMarked;
