/** The source and the target against a service of our own. */
@NullMarked
package io.metawal.connectors.databend.grpc;

import org.jspecify.annotations.NullMarked;
