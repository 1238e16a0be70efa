@NullMarked
package io.metawal.connectors.sql.mysql;

import org.jspecify.annotations.NullMarked;
