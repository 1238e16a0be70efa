/**
 * MariaDB and MySQL as sources: a consistent read, and the binary log from exactly there, one transaction one commit. What they differ in is
 * a {@code Flavour}; classes named {@code Mysql} are of both, those named {@code MySql} of MySQL alone. See {@code docs/decisions/0005-mariadb-binlog.md} for why the log is not read through Debezium's connector.
 */
@NullMarked
package io.metawal.connectors.sql.mysql;

import org.jspecify.annotations.NullMarked;
