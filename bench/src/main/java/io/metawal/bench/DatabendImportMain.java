package io.metawal.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.ImportReport;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.storage.rocks.RocksImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** What {@link DatabendImportRate} runs in a JVM of its own: {@code parse FILE}, {@code read FILE} or {@code import FILE DIR}. */
final class DatabendImportMain {
    private DatabendImportMain() {}

    /** Runs one of them. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "parse" -> parse(file);
            case "read" -> read(file);
            default -> load(file, Path.of(arguments[2]));
        }
    }

    private static void parse(Path file) throws IOException {
        long tokens = 0;
        try (InputStream in = Files.newInputStream(file);
                JsonParser parser = new JsonFactory().createParser(in)) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        System.out.println(tokens + " tokens");
    }

    private static ExportReader reader(Path file) {
        return new ExportReader(file.toString(), () -> Files.newInputStream(file));
    }

    private static void read(Path file) throws InterruptedException {
        io.metawal.connectors.databend.export.ExportCheck check =
                io.metawal.connectors.databend.export.ExportCheck.of(reader(file), -1);
        System.out.println(check.state().records() + " records");
    }

    private static void load(Path file, Path directory) throws InterruptedException {
        try (RocksImage image = RocksImage.open(directory)) {
            ImportReport report =
                    new DatabendImport(reader(file), ImportOptions.DEFAULT).run(ByteString.EMPTY, new ImageSink(image));
            if (!report.findings().isEmpty()) {
                throw new IllegalStateException("findings: " + report.findings());
            }
            System.out.println(report.commits() + " commits");
        }
    }

    /** Each commit encoded, hashed and applied to the image, as the log's threads do, but on one thread and not stored. */
    private static final class ImageSink implements CommitSink {
        private final RocksImage image;
        private Position position = Position.START;

        ImageSink(RocksImage image) {
            this.image = image;
        }

        @Override
        public CompletableFuture<CommitHeader> commit(CommitDraft draft) {
            CommitRecord record =
                    CommitRecord.write(position.next(draft, position.timeMicros()), draft.kind(), draft.body());
            var unused = image.apply(record.commit());
            image.forgetDigestsBefore(record.seq());
            position = Position.of(record);
            return CompletableFuture.completedFuture(record.header());
        }

        @Override
        public void observed(long epoch, long timeMicros) {}

        @Override
        public ImageView image() {
            return image.view();
        }
    }
}
