/** Random histories, and the plain model that tells what they come to. */
@NullMarked
package io.metawal.testkit.history;

import org.jspecify.annotations.NullMarked;
