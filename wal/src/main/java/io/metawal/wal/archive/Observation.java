package io.metawal.wal.archive;

/** The source had nothing beyond commit {@code seq} up to this time, by its own clock up to this epoch. */
record Observation(long seq, long epoch, long timeMicros) {}
