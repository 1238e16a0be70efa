/** Databases, and files of SQL, as places of a restore: all in one transaction, read back and compared before it ends. */
@NullMarked
package io.metawal.connectors.sql.target;

import org.jspecify.annotations.NullMarked;
