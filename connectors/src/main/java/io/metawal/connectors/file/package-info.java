/** Files that come into being whole, and folders that go when the work is done. */
@NullMarked
package io.metawal.connectors.file;

import org.jspecify.annotations.NullMarked;
