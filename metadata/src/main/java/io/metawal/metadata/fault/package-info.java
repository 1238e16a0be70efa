/** Failures, classed by what the caller may do next. */
@NullMarked
package io.metawal.metadata.fault;

import org.jspecify.annotations.NullMarked;
