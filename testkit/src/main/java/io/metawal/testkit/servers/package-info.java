/** The list of the real servers that tests use, where each comes from, and the record of which tests used it. */
@NullMarked
package io.metawal.testkit.servers;

import org.jspecify.annotations.NullMarked;
