package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.metadata.fault.UnreachableException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot in a local file, whose checksum is right and whose sections are those of a known layout:
 * {@code u32 format version, u64 id, sections, u64 XXH64 of all before}, little-endian.
 */
public final class SnapshotFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private final SnapshotBytes bytes;
    private final String name;
    private final long size;
    private final long checksum;
    private final SnapshotHeader header;
    private final SnapshotLayout layout;

    private SnapshotFile(SnapshotBytes bytes, String name, @Nullable RwVersion version) throws IOException {
        this.bytes = bytes;
        this.name = name;
        this.size = bytes.size();
        this.header = header();
        LayoutChoice choice = new LayoutChoice(this::read, name, header.formatVersion(), version);
        Checksum found = Checksum.of(bytes, name, size);
        if (!found.right()) {
            throw choice.explain(found);
        }
        this.checksum = found.computed();
        this.layout = choice.make();
    }

    /**
     * Reads the file through, or says what is wrong with it.
     *
     * @param name for messages
     * @param version of the RisingWave that wrote it, as the manifest says; null where it does not: then its layout is found out
     */
    public static SnapshotFile open(Path file, String name, @Nullable RwVersion version) {
        return open(SnapshotBytes.of(file), name, version);
    }

    /** The same, of bytes that are somewhere else. */
    public static SnapshotFile open(SnapshotBytes bytes, String name, @Nullable RwVersion version) {
        try {
            return new SnapshotFile(bytes, name, version);
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + name + ": " + e, e);
        }
    }

    /** The form of the Hummock version in a snapshot of version 2, of which no more is read than what is before it. */
    public static VersionForm versionForm(SnapshotBytes bytes, String name) {
        try (InputStream in = new BufferedInputStream(bytes.open(), BUFFER_BYTES)) {
            CheckedInput input = new CheckedInput(name, in, bytes.size());
            var unused = input.header();
            // Every layout of version 2 begins with the migrations, and the version follows them.
            return SnapshotReader.formAfterFirstSection(input, SnapshotLayout.SQL_2_8);
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + name + ": " + e, e);
        }
    }

    private SnapshotHeader header() throws IOException {
        try (InputStream in = bytes.open()) {
            return new CheckedInput(name, in, size).header();
        }
    }

    public SnapshotHeader head() {
        return header;
    }

    public SnapshotLayout layout() {
        return layout;
    }

    public String name() {
        return name;
    }

    /** XXH64 of all before the checksum, which is what stands there. */
    public long checksum() {
        return checksum;
    }

    /** Shows all of it. */
    public void read(SnapshotVisitor visitor) {
        read(layout, visitor);
    }

    private void read(SnapshotLayout as, SnapshotVisitor visitor) {
        try (InputStream in = new BufferedInputStream(bytes.open(), BUFFER_BYTES)) {
            CheckedInput input = new CheckedInput(name, in, size);
            var unused = input.header();
            SnapshotReader reader = new SnapshotReader(input, as);
            reader.read(located(input, visitor));
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + name + ": " + e, e);
        }
    }

    /** The same visitor, whose faults say where in the snapshot they are. */
    private static SnapshotVisitor located(CheckedInput input, SnapshotVisitor visitor) {
        return new SnapshotVisitor() {
            @Override
            public void section(Section section, long count) {
                visitor.section(section, count);
            }

            @Override
            public void row(Section section, ByteString row) {
                at(() -> visitor.row(section, row));
            }

            @Override
            public boolean reads(Section section, long item, long length) {
                return visitor.reads(section, item, length);
            }

            @Override
            public void version(VersionForm form, long length, InputStream bytes) throws IOException {
                String where = input.where();
                try {
                    visitor.version(form, length, bytes);
                } catch (SnapshotFaultException e) {
                    throw new SnapshotFaultException(e.kind(), where + ": " + e.text(), e);
                }
            }

            @Override
            public void changeLog(int table, ByteString log) {
                at(() -> visitor.changeLog(table, log));
            }

            @Override
            public void tail(long length, InputStream bytes) throws IOException {
                visitor.tail(length, bytes);
            }

            private void at(Runnable step) {
                try {
                    step.run();
                } catch (SnapshotFaultException e) {
                    throw new SnapshotFaultException(e.kind(), input.where() + ": " + e.text(), e);
                }
            }
        };
    }
}
