/** A real S3 service in this process, and a proxy before it that does what networks do. */
@NullMarked
package io.metawal.testkit.s3;

import org.jspecify.annotations.NullMarked;
