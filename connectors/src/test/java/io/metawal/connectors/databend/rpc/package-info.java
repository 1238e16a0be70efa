/** What the client makes of a service that answers, errs, or does not answer. */
@NullMarked
package io.metawal.connectors.databend.rpc;

import org.jspecify.annotations.NullMarked;
