/** etcd for real: every test here speaks to a running server. */
@NullMarked
package io.metawal.connectors.etcd;

import org.jspecify.annotations.NullMarked;
