/** What captures share: bases as differences, entries put in order, and the sink asked for failures. */
@NullMarked
package io.metawal.connectors.capture;

import org.jspecify.annotations.NullMarked;
