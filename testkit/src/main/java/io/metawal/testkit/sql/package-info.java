/** Real PostgreSQL, MariaDB and MySQL servers for tests, which can be killed and brought back. */
@NullMarked
package io.metawal.testkit.sql;

import org.jspecify.annotations.NullMarked;
