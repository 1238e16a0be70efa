/** What was captured of a database, compared with its rows while it is captured: see {@code docs/formats/sql-source.md}. */
@NullMarked
package io.metawal.connectors.sql.compare;

import org.jspecify.annotations.NullMarked;
