/** The log made durable; what all its forms have in common. */
@NullMarked
package io.metawal.wal;

import org.jspecify.annotations.NullMarked;
