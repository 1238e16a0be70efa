/** The object store: a small port, its file: and in-memory implementations. */
@NullMarked
package io.metawal.storage.object;

import org.jspecify.annotations.NullMarked;
