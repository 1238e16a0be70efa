/** File systems that damage what is read from them. */
@NullMarked
package io.metawal.testkit.files;

import org.jspecify.annotations.NullMarked;
