/**
 * Lifetimes of data files: a file that any restorable point refers to is pinned. Today it holds the question that a vacuum
 * asks; the answer for Hummock's files comes with the understanding of Hummock.
 */
@NullMarked
package io.metawal.pinning;

import org.jspecify.annotations.NullMarked;
