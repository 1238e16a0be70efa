@NullMarked
package io.metawal.connectors.sql.target;

import org.jspecify.annotations.NullMarked;
