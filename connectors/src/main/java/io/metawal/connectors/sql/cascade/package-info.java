/** What foreign keys do to rows by themselves, for logs that do not tell it. */
@NullMarked
package io.metawal.connectors.sql.cascade;

import org.jspecify.annotations.NullMarked;
