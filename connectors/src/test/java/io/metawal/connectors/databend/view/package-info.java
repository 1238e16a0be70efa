/** How Databend is shown. */
@NullMarked
package io.metawal.connectors.databend.view;

import org.jspecify.annotations.NullMarked;
