/** Rows of a database, typed and exact, and the tables that they are of. */
@NullMarked
package io.metawal.connectors.sql.row;

import org.jspecify.annotations.NullMarked;
