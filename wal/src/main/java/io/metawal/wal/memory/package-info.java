/** The hot log in memory: the plain twin of the durable one. */
@NullMarked
package io.metawal.wal.memory;

import org.jspecify.annotations.NullMarked;
