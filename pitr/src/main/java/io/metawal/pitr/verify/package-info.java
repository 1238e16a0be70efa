/** Whether what is stored is what was written. */
@NullMarked
package io.metawal.pitr.verify;

import org.jspecify.annotations.NullMarked;
