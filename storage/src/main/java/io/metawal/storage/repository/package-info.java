/** What lies where in a repository, who may write it, and how it is read back. */
@NullMarked
package io.metawal.storage.repository;

import org.jspecify.annotations.NullMarked;
