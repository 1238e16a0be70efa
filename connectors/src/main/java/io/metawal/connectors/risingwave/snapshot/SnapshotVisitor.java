package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;

/** Receives a snapshot's content, in its order. */
public interface SnapshotVisitor {
    /** A section begins; {@code count} items of it follow. */
    default void section(Section section, long count) {}

    /** Whether {@link #row} is to be called for an item of a section, the first of which is 0. An item that is not never
     * comes into memory. */
    default boolean reads(Section section, long item, long length) {
        return true;
    }

    /** One row or message, as it is there; not of VERSION sections. */
    void row(Section section, ByteString row);

    /** The Hummock version. What is left unread is skipped. */
    void version(VersionForm form, long length, InputStream bytes) throws IOException;

    /** After a version in protobuf of a snapshot of version 2: the change log of one table, which the version does not hold then. */
    default void changeLog(int table, ByteString log) {}

    /** What is between the last known section and the checksum; empty as a rule. What is left unread is skipped. */
    default void tail(long length, InputStream bytes) throws IOException {}
}
