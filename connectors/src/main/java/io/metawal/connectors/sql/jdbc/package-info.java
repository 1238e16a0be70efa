/** Tables of PostgreSQL, MySQL, MariaDB and SQLite through JDBC: what they look like, and their rows, exactly. */
@NullMarked
package io.metawal.connectors.sql.jdbc;

import org.jspecify.annotations.NullMarked;
