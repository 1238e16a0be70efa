/** What connectors that speak over a network share. */
@NullMarked
package io.metawal.connectors.net;

import org.jspecify.annotations.NullMarked;
