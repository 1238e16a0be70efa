/** RisingWave's meta store on SQL, v1.9 to v3.1: what captured rows mean, and the form that its own snapshots have of them. */
@NullMarked
package io.metawal.connectors.risingwave.sql;

import org.jspecify.annotations.NullMarked;
