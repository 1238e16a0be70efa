@NullMarked
package io.metawal.connectors.risingwave.backuptarget;

import org.jspecify.annotations.NullMarked;
