/** Helpers of tests that capture databases. */
@NullMarked
package io.metawal.connectors.sql.cdc;

import org.jspecify.annotations.NullMarked;
