@NullMarked
package io.metawal.connectors.sql.jdbc;

import org.jspecify.annotations.NullMarked;
