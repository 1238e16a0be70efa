package io.metawal.storage.object;

import java.time.Instant;

/** What a list tells of an object. */
public record ObjectStat(ObjectKey key, long size, Instant modified) {}
