@NullMarked
package io.metawal.connectors.databend.entry;

import org.jspecify.annotations.NullMarked;
