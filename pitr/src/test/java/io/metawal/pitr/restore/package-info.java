@NullMarked
package io.metawal.pitr.restore;

import org.jspecify.annotations.NullMarked;
