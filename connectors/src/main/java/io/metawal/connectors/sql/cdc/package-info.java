/**
 * What the captures of databases share: Debezium's engine, its records put together into the source's transactions, bases, and the loop
 * that keeps position and data together. A kind of database joins through {@link io.metawal.connectors.sql.cdc.CdcDialect}.
 */
@NullMarked
package io.metawal.connectors.sql.cdc;

import org.jspecify.annotations.NullMarked;
