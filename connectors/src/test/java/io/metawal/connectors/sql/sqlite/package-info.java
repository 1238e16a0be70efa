@NullMarked
package io.metawal.connectors.sql.sqlite;

import org.jspecify.annotations.NullMarked;
