package io.metawal.connectors.risingwave.snapshot;

import io.metawal.connectors.risingwave.snapshot.CheckedInput.Part;
import java.io.IOException;

/**
 * Reads a snapshot's sections in the order of a layout, in memory for one row or message. Lengths and counts are {@code u32},
 * little-endian; in version 2 a length of 0 stands for a {@code u64} length that follows it.
 */
final class SnapshotReader {
    private final CheckedInput in;
    private final SnapshotLayout layout;

    SnapshotReader(CheckedInput in, SnapshotLayout layout) {
        this.in = in;
        this.layout = layout;
    }

    /** From behind the header up to the checksum. */
    void read(SnapshotVisitor visitor) {
        for (int index = 0; index < layout.sections().size(); index++) {
            Section section = layout.sections().get(index);
            in.enter(index, section);
            long count = layout.counted(section) ? Integer.toUnsignedLong(in.u32("the number of rows")) : 1;
            if (section.kind() == Section.Kind.VERSION && count != 1) {
                throw new SnapshotFaultException(
                        SnapshotFaultException.Kind.COUNT, in.where() + ": expected 1 Hummock version, found " + count);
            }
            visitor.section(section, count);
            for (long row = 0; row < count; row++) {
                in.nextRow();
                item(section, visitor);
            }
        }
        visitor.tail(in.bytes(in.remaining(), "what follows the sections"));
    }

    private void item(Section section, SnapshotVisitor visitor) {
        long length = length(in, layout.formatVersion());
        if (section.kind() != Section.Kind.VERSION) {
            visitor.row(section, in.bytes(length, "a row"));
            return;
        }
        Part part = in.part(length, "the Hummock version");
        try {
            visitor.version(length, part);
            part.drain();
        } catch (IOException e) {
            throw in.unreadable(e);
        }
    }

    static long length(CheckedInput in, int formatVersion) {
        long length = Integer.toUnsignedLong(in.u32("a row's length"));
        return length == 0 && formatVersion == 2 ? in.u64("a row's long length") : length;
    }
}
