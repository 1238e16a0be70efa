/** PostgreSQL, captured from real servers. */
@NullMarked
package io.metawal.connectors.sql.postgres;

import org.jspecify.annotations.NullMarked;
