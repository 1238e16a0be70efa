package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A snapshot read by our reader and given, item by item, to our writer. */
final class Recoded {
    private Recoded() {}

    static SnapshotFile open(Path folder, byte[] bytes, @Nullable String version) throws IOException {
        Path file = folder.resolve("snapshot");
        Files.write(file, bytes);
        return SnapshotFile.open(file, "snapshot", version == null ? null : RwVersion.parse(version));
    }

    static byte[] bytes(SnapshotFile file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SnapshotWriter writer =
                new SnapshotWriter(out, file.layout(), file.head().id())) {
            file.read(new SnapshotVisitor() {
                @Override
                public void section(Section section, long count) {
                    unchecked(() -> writer.section(count));
                }

                @Override
                public void row(Section section, ByteString row) {
                    unchecked(() -> writer.row(row));
                }

                @Override
                public void version(VersionForm form, long length, InputStream bytes) throws IOException {
                    writer.row(length, bytes);
                }

                @Override
                public void changeLog(int table, ByteString log) {
                    ByteBuffer id = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    id.putInt(table).flip();
                    unchecked(() -> writer.row(ByteString.copyFrom(id).concat(log)));
                }

                @Override
                public void tail(long length, InputStream bytes) throws IOException {
                    writer.finish(ByteString.readFrom(bytes));
                }
            });
        }
        return out.toByteArray();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void unchecked(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
