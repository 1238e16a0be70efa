package io.metawal.storage.format;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;

/** A commit as it is archived: its record, and the digest of the image after it. */
public record StampedCommit(CommitRecord record, Digest digest) {
    public Provenance provenance() {
        return Provenance.of(record, digest);
    }
}
