/** Commits and entries as lines of JSON. */
@NullMarked
package io.metawal.connectors.ndjson;

import org.jspecify.annotations.NullMarked;
