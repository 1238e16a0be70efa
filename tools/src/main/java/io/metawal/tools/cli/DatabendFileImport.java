package io.metawal.tools.cli;

import io.metawal.connectors.databend.DatabendImport;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.ImportReport;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.grpc.DatabendGrpcSource;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.temp.TempFolder;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.metawal.tools.engine.SourceKinds;
import io.metawal.tools.engine.SourcePosition;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.StandardInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** An export of Databend's meta service: a base, and a commit for each log entry behind it; overlapping ones join. */
final class DatabendFileImport {
    static final String SCHEME = "databend:";

    private DatabendFileImport() {}

    static int run(RepositoryOptions options, WriterOptions writer, String url)
            throws IOException, InterruptedException {
        String name = url.substring(SCHEME.length());
        if (name.equals("-")) {
            return spooled(options, writer, System.in, "standard input");
        }
        Path file = InputFile.of(name, "an export of databend-metactl");
        if (Files.isRegularFile(file)) {
            return run(options, writer, file, name);
        }
        try (InputStream pipe = StandardInput.of(file)) {
            return spooled(options, writer, pipe, name);
        }
    }

    /** What can be read only once goes into a temporary file first: it is read a first time to see that it is complete. */
    private static int spooled(RepositoryOptions options, WriterOptions writer, InputStream in, String name)
            throws IOException, InterruptedException {
        try (TempFolder folder = TempFolder.ofMachine("databend")) {
            Path copy = folder.file("export.ndjson");
            Files.copy(in, copy);
            return run(options, writer, copy, name);
        }
    }

    private static int run(RepositoryOptions options, WriterOptions writer, Path file, String name)
            throws InterruptedException {
        Repository repository = options.open();
        ExportReader reader = new ExportReader(name, () -> Files.newInputStream(file));
        ImportReport report;
        int exit;
        try (Engine engine = writer.open(options, repository, captured(repository, writer))) {
            SourceKinds.requireImport(engine, DatabendImport.ORIGIN);
            long unarchived;
            try {
                report = new DatabendImport(reader, ImportOptions.DEFAULT)
                        .run(SourcePosition.of(engine), new EngineSink(engine));
            } finally {
                unarchived = engine.flush();
            }
            exit = Unarchived.told(unarchived, engine);
        }
        print(options.output(), report);
        return exit == 0 && !report.findings().isEmpty() ? ExitCode.WARNINGS.number() : exit;
    }

    /**
     * Whose history the export continues: that of the service that is captured on the timeline, where one is. That it is of this service is
     * shown by its log entries.
     */
    private static String captured(Repository repository, WriterOptions writer) {
        History history = History.load(repository);
        int timeline = writer.timeline().orElse(history.currentTimeline());
        String source = history.timelines().containsKey(timeline) ? history.source(timeline) : "";
        return source.startsWith(DatabendGrpcSource.IDENTITY) ? source : "";
    }

    /** Where the log was complete before, and where it is now. */
    private static String reach(ImportReport report) {
        if (report.to() < 0) {
            return "nothing of its log";
        }
        return report.from() < 0 || report.from() == report.to()
                ? "up to log index " + report.to()
                : "from log index " + report.from() + " to " + report.to();
    }

    private static void print(Output output, ImportReport report) {
        if (output.json()) {
            var doc = Json.document()
                    .put("version", report.version())
                    .put("from", report.from())
                    .put("to", report.to())
                    .put("baseAt", report.baseAt())
                    .put("commits", report.commits());
            var notes = doc.putArray("notes");
            report.notes().forEach(notes::add);
            var findings = doc.putArray("findings");
            report.findings().forEach(findings::add);
            output.json(doc);
            return;
        }
        output.line("imported " + report.commits() + " commits of a " + report.version() + " export, " + reach(report)
                + (report.baseAt() < 0 ? "" : ", with a base at " + report.baseAt()));
        report.notes().forEach(note -> output.line("note     " + note));
        report.findings().forEach(finding -> output.line("FINDING  " + finding));
    }
}
