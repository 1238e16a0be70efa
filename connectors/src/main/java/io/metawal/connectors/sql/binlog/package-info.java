/**
 * A binary log, read as a replica reads it, transaction by transaction, with Debezium's binlog client. The only package that names
 * {@code com.github.shyiko}. Formats: the pages "Replication Protocol" of MariaDB's Knowledge Base, and "Binary Log Overview" of MySQL's
 * source documentation.
 */
@NullMarked
package io.metawal.connectors.sql.binlog;

import org.jspecify.annotations.NullMarked;
