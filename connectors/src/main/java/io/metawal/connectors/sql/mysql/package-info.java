/**
 * MariaDB as a source: a consistent read, and its binary log from exactly there, one transaction one commit. See
 * {@code docs/decisions/0005-mariadb-binlog.md} for why the log is not read through Debezium's connector, and why MySQL's own servers are refused.
 */
@NullMarked
package io.metawal.connectors.sql.mysql;

import org.jspecify.annotations.NullMarked;
