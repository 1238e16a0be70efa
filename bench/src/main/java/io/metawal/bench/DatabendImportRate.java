package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How fast a Databend export is imported, beside a parser that does nothing with it. */
final class DatabendImportRate implements Benchmark {
    private static final String HEAP = "1g";

    @Override
    public String name() {
        return "databend-import";
    }

    @Override
    public String says() {
        return "a made-up export of a Databend meta service, five keys to two log entries, half of those behind the state; each"
                + " contender in a JVM of its own with -Xmx" + HEAP + ", from its start to its end. The bare parse asks"
                + " Jackson's streaming parser for every token of the file and drops it. \"checked\" reads every line once and"
                + " checks it, as an import does before its first commit; \"imported\" goes on to commits, encoded and hashed and"
                + " applied to an image on disk, but not written to a log.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int keys = 5 * setting.scale().restoreKeys();
        int entries = 2 * setting.scale().restoreKeys();
        Path directory = setting.fresh("databend");
        try {
            Path file = directory.resolve("export.ndjson");
            DatabendExportFile export = new DatabendExportFile(keys, entries);
            report.doing("writing an export of " + keys + " keys and " + entries + " log entries");
            export.write(file);
            List<Times> times = Rounds.measureCold(
                    setting.scale().restoreRounds(),
                    List.of(
                            child("bare parse", file, "parse"),
                            child("checked", file, "read"),
                            child("imported", file, "import")));
            Times bare = times.get(0);
            for (Times each : times) {
                report.rate(each, (double) export.lines(), "lines/s", each.equals(bare) ? null : bare, null);
                report.row(new Report.Row("", each.rate(Files.size(file) / 1e6), "MB/s", 0, "of the file"));
            }
        } finally {
            Setting.remove(directory);
        }
    }

    private static Contender child(String name, Path file, String what) {
        return Contender.of(name, () -> {
            Path image = file.resolveSibling("image");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Bench.root().resolve("config").resolve("jvm.flags"),
                    "-Xmx" + HEAP,
                    "-XX:+UseSerialGC",
                    "-Xlog:disable",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DatabendImportMain.class.getName()));
            command.addAll(Arrays.asList(what, file.toString(), image.toString()));
            long nanos = Child.run(command);
            if (Files.exists(image)) {
                Setting.remove(image);
            }
            return nanos;
        });
    }
}
