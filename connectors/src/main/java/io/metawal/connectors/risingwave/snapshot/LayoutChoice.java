package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which layout a snapshot has: that of the release the manifest names, or, where it names none, the one by which the bytes can be read to
 * their end and each section's first row has its table's key. A layout that leaves nothing over wins, then the newer one.
 */
final class LayoutChoice {
    /** A longer first row is not looked at: by a wrong layout, a length can be anything. */
    private static final long ROW_BYTES_MAX = 64 << 20;

    private final BiConsumer<SnapshotLayout, SnapshotVisitor> snapshot;
    private final String name;
    private final int formatVersion;
    private final @Nullable RwVersion version;

    /** @param snapshot shows itself to a visitor, read by a layout */
    LayoutChoice(
            BiConsumer<SnapshotLayout, SnapshotVisitor> snapshot,
            String name,
            int formatVersion,
            @Nullable RwVersion version) {
        this.snapshot = snapshot;
        this.name = name;
        this.formatVersion = formatVersion;
        this.version = version;
        if (formatVersion != 1 && formatVersion != 2) {
            throw new SnapshotFaultException(
                    Kind.NEWER,
                    name + " is of format version " + Integer.toUnsignedString(formatVersion)
                            + ": known are 1 and 2. It is no snapshot, or of a newer RisingWave than this metawal knows");
        }
    }

    SnapshotLayout make() {
        // Releases after those that had etcd still read and write version 1: as the last of them did.
        RwVersion named = version;
        return named == null || formatVersion == 1 && named.atLeast(2, 1)
                ? found()
                : checked(SnapshotLayout.of(formatVersion, named), named);
    }

    private SnapshotLayout checked(SnapshotLayout named, RwVersion by) {
        Trial trial = tried(named);
        if (trial.isWhole()) {
            return named;
        }
        List<String> others = new ArrayList<>();
        for (SnapshotLayout other : SnapshotLayout.ofFormat(formatVersion)) {
            if (tried(other).isWhole()) {
                others.add(other.toString());
            }
        }
        // Sections that are not known may follow; those of a layout that is known are another release's.
        if (trial.fault() == null && others.isEmpty()) {
            return named;
        }
        SnapshotFaultException fault = trial.fault();
        boolean newer = SnapshotLayout.isNewer(by);
        throw new SnapshotFaultException(
                newer ? Kind.NEWER : Kind.LAYOUT,
                name + " is of RisingWave " + by + " as the manifest says, but its sections are not of the " + named
                        + ": " + (fault == null ? trial.tailLength() + " bytes follow them" : fault.text())
                        + (others.isEmpty() ? "; no layout that is known fits" : "; it can be read by the " + others)
                        + (newer
                                ? ". That release is newer than those this metawal knows: up to "
                                        + SnapshotLayout.KNOWN_UP_TO
                                : ""),
                fault);
    }

    private SnapshotLayout found() {
        List<SnapshotLayout> candidates = SnapshotLayout.ofFormat(formatVersion);
        SnapshotLayout second = null;
        for (int n = candidates.size() - 1; n >= 0; n--) {
            Trial trial = tried(candidates.get(n));
            if (trial.isWhole()) {
                return candidates.get(n);
            }
            if (trial.fault() == null && second == null) {
                second = candidates.get(n);
            }
        }
        if (second != null) {
            return second;
        }
        throw new SnapshotFaultException(
                Kind.LAYOUT,
                name + " has the sections of no known layout of format version " + formatVersion + ": as the newest, "
                        + String.valueOf(
                                tried(candidates.get(candidates.size() - 1)).fault()));
    }

    /** The fault of a snapshot whose checksum is wrong, which may be wrong because it ends too soon. */
    SnapshotFaultException explain(Checksum checksum) {
        SnapshotFaultException structure = null;
        try {
            var unused = make();
        } catch (SnapshotFaultException e) {
            structure = e;
        }
        return new SnapshotFaultException(
                structure == null ? Kind.CHECKSUM : Kind.TRUNCATED,
                name + ": " + checksum + (structure == null ? "" : "; " + structure.text())
                        + ". Its bytes are not those that were written: use another snapshot, or another copy");
    }

    private Trial tried(SnapshotLayout layout) {
        Fit fit = new Fit();
        try {
            snapshot.accept(layout, fit);
            return new Trial(null, fit.tailLength);
        } catch (SnapshotFaultException e) {
            return new Trial(e, 0);
        }
    }

    private record Trial(@Nullable SnapshotFaultException fault, long tailLength) {
        boolean isWhole() {
            return fault == null && tailLength == 0;
        }
    }

    /** Looks at the first row of each section. */
    private static final class Fit implements SnapshotVisitor {
        private long tailLength;

        @Override
        public boolean reads(Section section, long item, long length) {
            return item == 0 && length <= ROW_BYTES_MAX;
        }

        @Override
        public void row(Section section, ByteString row) {
            SqlModel table = section.table();
            if (table != null) {
                var unused = RowJson.key(table, row);
            }
        }

        @Override
        public void version(VersionForm form, long length, InputStream bytes) {}

        @Override
        public void tail(long length, InputStream bytes) {
            tailLength = length;
        }
    }
}
