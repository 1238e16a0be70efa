/** The object store on S3 and what speaks its protocol; the one package that names the AWS SDK. */
@NullMarked
package io.metawal.storage.s3;

import org.jspecify.annotations.NullMarked;
