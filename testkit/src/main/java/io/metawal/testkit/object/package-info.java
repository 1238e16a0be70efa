/** Object stores that can be told to fail, and what every object store has to do. */
@NullMarked
package io.metawal.testkit.object;

import org.jspecify.annotations.NullMarked;
