/** Random cases from a printed seed, made small when they fail. */
@NullMarked
package io.metawal.testkit.seed;

import org.jspecify.annotations.NullMarked;
