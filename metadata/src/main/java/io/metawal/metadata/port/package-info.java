/** What the outside must offer: a log, a source, a restore target. */
@NullMarked
package io.metawal.metadata.port;

import org.jspecify.annotations.NullMarked;
