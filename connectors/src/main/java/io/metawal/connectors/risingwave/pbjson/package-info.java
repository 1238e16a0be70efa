/** Protobuf messages as the JSON that RisingWave writes them as, member by member, with what is not known kept. */
@NullMarked
package io.metawal.connectors.risingwave.pbjson;

import org.jspecify.annotations.NullMarked;
