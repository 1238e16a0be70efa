package io.metawal.metadata.port;

import io.metawal.metadata.image.Provenance;

/** What is being restored: of which cluster, and at which commit. */
public record RestorePoint(String cluster, Provenance provenance) {}
