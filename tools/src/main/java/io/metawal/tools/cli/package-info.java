/** One command, one class. */
@NullMarked
package io.metawal.tools.cli;

import org.jspecify.annotations.NullMarked;
