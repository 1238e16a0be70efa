/** What a Databend meta service is asked over the wire: exports, watches, transactions. */
@NullMarked
package io.metawal.connectors.databend.rpc;

import org.jspecify.annotations.NullMarked;
