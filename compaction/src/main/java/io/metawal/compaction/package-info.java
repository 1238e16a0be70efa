/**
 * Keeps long histories small without losing a promised point: merging segments into layers, retention, and the collection of
 * what nothing refers to. Today it holds the port that decides what may go; until a policy is written, everything is kept.
 */
@NullMarked
package io.metawal.compaction;

import org.jspecify.annotations.NullMarked;
