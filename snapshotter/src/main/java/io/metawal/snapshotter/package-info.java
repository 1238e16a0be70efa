/** When a base snapshot is taken, how, and which there are. */
@NullMarked
package io.metawal.snapshotter;

import org.jspecify.annotations.NullMarked;
