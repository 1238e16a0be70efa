package io.metawal.bench;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bin/bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures metawal against the engines underneath, and against what one would use instead.",
            "Needs etcd and etcdctl; wants a machine that does nothing else."
        })
public final class Bench implements Callable<Integer> {
    static final List<Benchmark> ALL = List.of(
            new AppendBuffered(),
            new AppendDurable(),
            new GroupCommit(),
            new AppendKafka(),
            new ReplaySpeed(),
            new RestoreWhole(),
            new RestoreToPoint(),
            new Remote(),
            new StoreCost(),
            new HummockFold(),
            new RisingWaveRestore(),
            new DatabendImportRate(),
            new PostgresCapture(),
            new PostgresRestore(),
            new PostgresRecovery());

    @Parameters(paramLabel = "NAME", description = "which; all where none is named: see --list")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "say what there is")
    private boolean list;

    @Option(names = "--small", description = "a twentieth of everything, for a quick look")
    private boolean small;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "where to write, which is the disk that is measured (default: the temporary directory)")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--write", description = "write docs/benchmarks.md; for a whole run of all")
    private boolean write;

    /** Runs the command line. */
    public static void main(String[] arguments) {
        int code = new CommandLine(new Bench()).execute(arguments);
        Runtime.getRuntime().exit(code);
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            ALL.forEach(benchmark -> System.out.println(benchmark.name() + ": " + benchmark.says()));
            return 0;
        }
        List<Benchmark> chosen = chosen();
        Path page = page(chosen);
        if (chosen.isEmpty() || write && page == null) {
            return 2;
        }
        Scale scale = small ? Scale.SMALL : Scale.FULL;
        Machine machine = Machine.here(InstantSource.system().instant());
        Report report = new Report(System.out);
        System.out.println(machine.line());
        run(chosen, new Setting(scale, directory), report);
        if (page != null) {
            Files.writeString(page, report.markdown(machine, scale), StandardCharsets.UTF_8);
            System.out.println("\nwritten: " + page);
        }
        return 0;
    }

    static void run(List<Benchmark> chosen, Setting setting, Report report) throws Exception {
        for (Benchmark benchmark : chosen) {
            report.begin(benchmark);
            benchmark.run(setting, report);
        }
    }

    private List<Benchmark> chosen() {
        if (names.isEmpty()) {
            return ALL;
        }
        List<Benchmark> chosen = new ArrayList<>();
        for (String name : names) {
            ALL.stream().filter(each -> each.name().equals(name)).forEach(chosen::add);
            if (ALL.stream().noneMatch(each -> each.name().equals(name))) {
                System.err.println("bench: there is no \"" + name + "\"; there are "
                        + ALL.stream().map(Benchmark::name).toList());
                return List.of();
            }
        }
        return chosen;
    }

    private @Nullable Path page(List<Benchmark> chosen) {
        if (!write) {
            return null;
        }
        if (chosen.size() < ALL.size()) {
            System.err.println("bench: --write goes with a run of all of them");
            return null;
        }
        return root().resolve("docs").resolve("benchmarks.md");
    }

    /** The source tree that this was built from. */
    static Path root() {
        String root = System.getProperty("metawal.root");
        if (root == null) {
            throw new UncheckedIOException(
                    new java.io.FileNotFoundException("-Dmetawal.root=DIR is missing: start this with bin/bench"));
        }
        return Path.of(root);
    }
}
