/** What happened: commits, the changes in them, and their bytes. */
@NullMarked
package io.metawal.metadata.commit;

import org.jspecify.annotations.NullMarked;
