/** From a ref to a commit, and from a commit to what must be read to restore it. */
@NullMarked
package io.metawal.pitr.plan;

import org.jspecify.annotations.NullMarked;
