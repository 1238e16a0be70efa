/** A Databend meta service of our own, told to fail in the ways that a real one may. */
@NullMarked
package io.metawal.testkit.databend;

import org.jspecify.annotations.NullMarked;
