/** The simulated meta store against real databases. */
@NullMarked
package io.metawal.connectors.risingwave.simulated.sql;

import org.jspecify.annotations.NullMarked;
