package io.metawal.storage.format;

import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.object.ObjectBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

/**
 * A segment ready to be stored.
 *
 * @param end where the log is after it
 * @param endKind of its last commit
 * @param parts its bytes in order, unjoined: a commit can have a GiB
 */
public record EncodedSegment(
        SegmentHeader header, SegmentHash hash, Provenance end, CommitKind endKind, List<byte[]> parts)
        implements ObjectBody {
    public EncodedSegment {
        parts = List.copyOf(parts);
    }

    @Override
    public long size() {
        return parts.stream().mapToLong(part -> part.length).sum();
    }

    @Override
    public InputStream open(long offset) throws IOException {
        InputStream in = new SequenceInputStream(Collections.enumeration(
                parts.stream().map(ByteArrayInputStream::new).toList()));
        in.skipNBytes(offset);
        return in;
    }
}
