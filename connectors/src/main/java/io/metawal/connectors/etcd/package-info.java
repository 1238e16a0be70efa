/** etcd, captured revision by revision, and written back: see {@code docs/formats/etcd-source.md}. */
@NullMarked
package io.metawal.connectors.etcd;

import org.jspecify.annotations.NullMarked;
