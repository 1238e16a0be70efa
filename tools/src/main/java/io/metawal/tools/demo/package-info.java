/** The whole story on embedded defaults, with a simulated meta service. */
@NullMarked
package io.metawal.tools.demo;

import org.jspecify.annotations.NullMarked;
