/** Databases, captured transaction by transaction, and written back: see {@code docs/formats/sql-source.md}. */
@NullMarked
package io.metawal.connectors.sql;

import org.jspecify.annotations.NullMarked;
