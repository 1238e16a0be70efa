/** A real etcd for tests, which can be killed and brought back. */
@NullMarked
package io.metawal.testkit.etcd;

import org.jspecify.annotations.NullMarked;
