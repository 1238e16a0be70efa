/** Exports written. */
@NullMarked
package io.metawal.connectors.databend.targets;

import org.jspecify.annotations.NullMarked;
