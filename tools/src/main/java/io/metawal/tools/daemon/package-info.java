/** Continuous capture: the daemon, its health and its metrics. */
@NullMarked
package io.metawal.tools.daemon;

import org.jspecify.annotations.NullMarked;
