/** The object store on S3, or on whatever speaks its protocol. */
@org.jspecify.annotations.NullMarked
package io.metawal.storage.s3;
