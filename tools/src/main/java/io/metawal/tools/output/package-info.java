/** What people and scripts see. */
@NullMarked
package io.metawal.tools.output;

import org.jspecify.annotations.NullMarked;
