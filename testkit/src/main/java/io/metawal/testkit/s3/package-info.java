/** A real S3 server for tests, and a proxy before it that spoils what goes through. */
@org.jspecify.annotations.NullMarked
package io.metawal.testkit.s3;
