/** RisingWave's meta store on etcd, v1.0 to v2.0, as a source and as a place of restore. */
@NullMarked
package io.metawal.connectors.risingwave.etcd;

import org.jspecify.annotations.NullMarked;
