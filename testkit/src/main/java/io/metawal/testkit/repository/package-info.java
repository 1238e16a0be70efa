/** Whole repositories with random histories, and writers that meet in them call by call. */
@NullMarked
package io.metawal.testkit.repository;

import org.jspecify.annotations.NullMarked;
