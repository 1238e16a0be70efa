@NullMarked
package io.metawal.connectors.risingwave.etcd;

import org.jspecify.annotations.NullMarked;
