@NullMarked
package io.metawal.connectors.sql.binlog;

import org.jspecify.annotations.NullMarked;
