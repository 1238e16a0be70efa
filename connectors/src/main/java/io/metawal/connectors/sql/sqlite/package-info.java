/** A SQLite file, captured by reading it at an interval: see {@code docs/formats/sql-source.md}. */
@NullMarked
package io.metawal.connectors.sql.sqlite;

import org.jspecify.annotations.NullMarked;
