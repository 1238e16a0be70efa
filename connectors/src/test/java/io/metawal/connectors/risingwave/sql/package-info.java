@NullMarked
package io.metawal.connectors.risingwave.sql;

import org.jspecify.annotations.NullMarked;
