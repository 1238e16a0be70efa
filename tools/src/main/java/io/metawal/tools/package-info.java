/** The one main. */
@NullMarked
package io.metawal.tools;

import org.jspecify.annotations.NullMarked;
