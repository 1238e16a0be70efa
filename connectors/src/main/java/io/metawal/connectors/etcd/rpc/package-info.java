/**
 * What etcd is asked over the wire: ranges, transactions, watches. The one package that names jetcd; of jetcd it takes
 * the messages and stubs, not the client: see {@code docs/decisions/0003-etcd-client.md}.
 */
@NullMarked
package io.metawal.connectors.etcd.rpc;

import org.jspecify.annotations.NullMarked;
