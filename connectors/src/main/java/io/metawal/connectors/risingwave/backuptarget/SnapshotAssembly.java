package io.metawal.connectors.risingwave.backuptarget;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.SnapshotWriter;
import io.metawal.metadata.commit.Space;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;

/** Writes a snapshot out of its parts. */
final class SnapshotAssembly {
    private final SnapshotLayout layout;
    private final SnapshotParts parts;
    private final VersionPart version;

    SnapshotAssembly(SnapshotLayout layout, SnapshotParts parts, VersionPart version) {
        this.layout = layout;
        this.parts = parts;
        this.version = version;
    }

    SpoolFile write(Path file, long id) throws IOException {
        SpoolWriter out = SpoolFile.create(file);
        try (out;
                SnapshotWriter snapshot = new SnapshotWriter(out, layout, id)) {
            for (Section section : layout.sections()) {
                section(section, snapshot);
            }
            snapshot.finish(parts.tail());
        }
        return out.seal();
    }

    private void section(Section section, SnapshotWriter snapshot) throws IOException {
        switch (section.kind()) {
            case VERSION -> version(snapshot);
            case ROWS, MESSAGE -> rows(section, snapshot);
            case DEFAULT_KEYS -> wrapped(parts.defaults().keySet(), snapshot);
            case DEFAULT_VALUES -> wrapped(parts.defaults().values(), snapshot);
            case SYSTEM_PARAMS -> single(parts.systemParams(), snapshot);
            case CLUSTER_ID -> single(wrap(parts.clusterId()), snapshot);
        }
    }

    private void version(SnapshotWriter snapshot) throws IOException {
        RowSpool changeLogs = version.changeLogs();
        snapshot.section(changeLogs == null ? 1 : 1 + changeLogs.count());
        try (InputStream in = version.file().open()) {
            snapshot.row(version.file().size(), in);
        }
        if (changeLogs != null) {
            changeLogs.copyTo(snapshot);
        }
    }

    private void rows(Section section, SnapshotWriter snapshot) throws IOException {
        SqlModel table = section.table();
        Space space = table == null ? Objects.requireNonNull(section.model()).space() : table.space();
        RowSpool rows = parts.rows().get(space);
        if (rows == null && section.kind() == Section.Kind.MESSAGE) {
            single(ByteString.EMPTY, snapshot);
        } else if (rows == null) {
            snapshot.section(0);
        } else {
            snapshot.section(rows.count());
            rows.copyTo(snapshot);
        }
    }

    private static void wrapped(Collection<ByteString> values, SnapshotWriter snapshot) throws IOException {
        snapshot.section(values.size());
        for (ByteString value : values) {
            snapshot.row(wrap(value));
        }
    }

    private static void single(ByteString message, SnapshotWriter snapshot) throws IOException {
        snapshot.section(1);
        snapshot.row(message);
    }

    private static ByteString wrap(ByteString bytes) {
        return BytesValue.of(bytes).toByteString();
    }
}
