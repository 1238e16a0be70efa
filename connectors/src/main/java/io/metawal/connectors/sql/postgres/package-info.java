/** PostgreSQL as a source: its logical replication through Debezium, transaction by transaction. See {@code docs/formats/sql-source.md}. */
@NullMarked
package io.metawal.connectors.sql.postgres;

import org.jspecify.annotations.NullMarked;
