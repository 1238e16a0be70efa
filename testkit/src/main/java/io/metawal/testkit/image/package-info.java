/** What every image has to do. */
@NullMarked
package io.metawal.testkit.image;

import org.jspecify.annotations.NullMarked;
