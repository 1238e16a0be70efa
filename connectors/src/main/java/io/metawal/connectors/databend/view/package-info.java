/** What is captured, shown to people. */
@NullMarked
package io.metawal.connectors.databend.view;

import org.jspecify.annotations.NullMarked;
