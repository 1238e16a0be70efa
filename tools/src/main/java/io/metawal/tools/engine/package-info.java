/** Log, image, archiver and snapshotter put together around one repository. */
@NullMarked
package io.metawal.tools.engine;

import org.jspecify.annotations.NullMarked;
