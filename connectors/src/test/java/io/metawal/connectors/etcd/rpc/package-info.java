/** The wire to a real etcd. */
@NullMarked
package io.metawal.connectors.etcd.rpc;

import org.jspecify.annotations.NullMarked;
