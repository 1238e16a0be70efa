package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;

/** What is told of a snapshot's content, in its order. */
public interface SnapshotVisitor {
    /** A section begins; {@code count} items of it follow. */
    default void section(Section section, long count) {}

    /** One row or message, as it stands there; not of VERSION sections. */
    void row(Section section, ByteString row);

    /** The Hummock version, protobuf in version 1, JSON in version 2. What is left unread is passed over. */
    void version(long length, InputStream bytes) throws IOException;

    /** What stands between the last known section and the checksum; empty as a rule. */
    default void tail(ByteString bytes) {}
}
