/** The hot log on Chronicle Queue: the only package that names it. */
@NullMarked
package io.metawal.wal.chronicle;

import org.jspecify.annotations.NullMarked;
