/**
 * RisingWave's SQL meta store made and written to as a meta node does, on PostgreSQL, MySQL or MariaDB, and SQLite, at three levels of
 * its schema, with the truth to hold a capture and a restore against.
 */
@NullMarked
package io.metawal.connectors.risingwave.simulated.sql;

import org.jspecify.annotations.NullMarked;
