/** A base and a log become one sorted stream of entries, in bounded memory. */
@NullMarked
package io.metawal.pitr.replay;

import org.jspecify.annotations.NullMarked;
