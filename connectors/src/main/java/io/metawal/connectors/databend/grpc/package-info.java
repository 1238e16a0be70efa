/** A running Databend meta service as a source and as the place of a restore. See {@code docs/formats/databend-grpc.md}. */
@NullMarked
package io.metawal.connectors.databend.grpc;

import org.jspecify.annotations.NullMarked;
