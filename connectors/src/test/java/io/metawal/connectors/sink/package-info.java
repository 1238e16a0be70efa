/** A log for the tests of any source. */
@NullMarked
package io.metawal.connectors.sink;

import org.jspecify.annotations.NullMarked;
