/** Tests of cascades without a server. */
@NullMarked
package io.metawal.connectors.sql.cascade;

import org.jspecify.annotations.NullMarked;
