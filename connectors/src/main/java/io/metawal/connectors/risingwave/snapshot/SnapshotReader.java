package io.metawal.connectors.risingwave.snapshot;

import io.metawal.connectors.risingwave.snapshot.CheckedInput.Part;
import java.io.IOException;
import java.io.PushbackInputStream;

/**
 * Reads a snapshot's sections in the order of a layout, in memory for one row or message. Lengths and counts are {@code u32},
 * little-endian; in version 2 a length of 0 means that a {@code u64} length follows. A count or length that the rest of the
 * snapshot cannot hold is a fault, before memory is asked for.
 */
final class SnapshotReader {
    private static final int LENGTH_BYTES = 4;
    private static final int TABLE_ID_BYTES = 4;

    private final CheckedInput in;
    private final SnapshotLayout layout;

    SnapshotReader(CheckedInput in, SnapshotLayout layout) {
        this.in = in;
        this.layout = layout;
    }

    /** From after the header up to the checksum. */
    void read(SnapshotVisitor visitor) {
        for (int index = 0; index < layout.sections().size(); index++) {
            Section section = layout.sections().get(index);
            in.enter(index, section);
            long count = count(section);
            visitor.section(section, count);
            if (section.kind() == Section.Kind.VERSION) {
                version(count, visitor);
            } else {
                rows(section, count, visitor);
            }
        }
        long left = in.remaining();
        shown(in.part(left, "what follows the sections"), tail -> visitor.tail(left, tail));
    }

    private long count(Section section) {
        if (!layout.counted(section)) {
            return 1;
        }
        long count = Integer.toUnsignedLong(in.u32("the number of rows"));
        in.requireItems(count, LENGTH_BYTES);
        return count;
    }

    private void rows(Section section, long count, SnapshotVisitor visitor) {
        for (long row = 0; row < count; row++) {
            in.nextRow();
            long length = length(in, layout.formatVersion());
            if (visitor.reads(section, row, length)) {
                visitor.row(section, in.bytes(length, "a row"));
            } else {
                shown(in.part(length, "a row"), unread -> {});
            }
        }
    }

    private void version(long count, SnapshotVisitor visitor) {
        if (count == 0) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.COUNT, in.where() + ": expected a Hummock version, found none");
        }
        in.nextRow();
        long length = length(in, layout.formatVersion());
        Part part = in.part(length, "the Hummock version");
        PushbackInputStream bytes = new PushbackInputStream(part);
        VersionForm form = form(bytes);
        requireForm(form, count);
        shown(part, unused -> visitor.version(form, length, bytes));
        for (long item = 1; item < count; item++) {
            in.nextRow();
            long size = length(in, layout.formatVersion());
            if (size < TABLE_ID_BYTES) {
                throw new SnapshotFaultException(
                        SnapshotFaultException.Kind.CONTENT,
                        in.where() + ": a change log has " + size + " bytes, fewer than the id of its table");
            }
            int table = in.u32("the table of a change log");
            visitor.changeLog(table, in.bytes(size - TABLE_ID_BYTES, "a change log"));
        }
    }

    static VersionForm formAfterFirstSection(CheckedInput in, SnapshotLayout layout) {
        SnapshotReader reader = new SnapshotReader(in, layout);
        Section first = layout.sections().get(0);
        in.enter(0, first);
        long rows = reader.count(first);
        for (long row = 0; row < rows; row++) {
            in.nextRow();
            reader.shown(in.part(length(in, layout.formatVersion()), "a row"), unread -> {});
        }
        Section version = layout.sections().get(1);
        in.enter(1, version);
        var unused = reader.count(version);
        long length = length(in, layout.formatVersion());
        return reader.form(new PushbackInputStream(in.part(length, "the Hummock version")));
    }

    private VersionForm form(PushbackInputStream bytes) {
        if (layout.formatVersion() == 1) {
            return VersionForm.PROTOBUF;
        }
        try {
            int first = bytes.read();
            if (first >= 0) {
                bytes.unread(first);
            }
            return first == '{' ? VersionForm.JSON : VersionForm.PROTOBUF;
        } catch (IOException e) {
            throw in.unreadable(e);
        }
    }

    private void requireForm(VersionForm form, long count) {
        if (layout.formatVersion() == 1) {
            return;
        }
        if (form == VersionForm.JSON && count != 1) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.COUNT, in.where() + ": expected 1 Hummock version, found " + count);
        }
        if (!layout.versionForms().contains(form)) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.LAYOUT,
                    in.where() + ": expected the Hummock version as JSON, found it as " + form.word()
                            + ", as builds of v2.8 from July 2026 on write it");
        }
    }

    /** An action on a stretch of the input. */
    private interface Action {
        void on(Part part) throws IOException;
    }

    private void shown(Part part, Action action) {
        try {
            action.on(part);
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
