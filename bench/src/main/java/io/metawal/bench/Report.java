package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints what was measured as it comes, and keeps it for the page of results. */
final class Report {
    private final PrintStream out;
    private final List<Section> sections = new ArrayList<>();

    Report(PrintStream out) {
        this.out = out;
    }

    /** One line of a table; {@code ratio} 0 where it is compared with nothing. */
    record Row(String what, double value, String unit, double ratio, String note) {
        String figure() {
            return number(value) + " " + unit;
        }

        String times() {
            return ratio == 0 ? "" : number(ratio) + "×";
        }

        private static String number(double value) {
            return value >= 100
                    ? String.format(Locale.ROOT, "%,.0f", value)
                    : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
        }
    }

    /** One benchmark's rows. */
    record Section(Benchmark benchmark, List<Row> rows) {}

    void begin(Benchmark benchmark) {
        sections.add(new Section(benchmark, new ArrayList<>()));
        out.println();
        out.println(benchmark.name() + ": " + benchmark.says());
    }

    /** What is being done, on the way. */
    void doing(String what) {
        out.println("  … " + what);
        out.flush();
    }

    void row(Row row) {
        sections.get(sections.size() - 1).rows().add(row);
        out.printf(Locale.ROOT, "  %-52s %18s %9s  %s%n", row.what(), row.figure(), row.times(), row.note());
        out.flush();
    }

    /** A rate of {@code things} a round, as a ratio to another contender's. */
    void rate(Times times, double things, String unit, @Nullable Times to, @Nullable Aim aim) {
        double ratio = to == null ? 0 : to.medianSeconds() / times.medianSeconds();
        row(new Row(times.name(), times.rate(things), unit, ratio, note(times, ratio, aim)));
    }

    /** A duration; its ratio is of speeds: more than 1 is faster than the other. */
    void seconds(Times times, @Nullable Times to, @Nullable Aim aim) {
        double ratio = to == null ? 0 : to.medianSeconds() / times.medianSeconds();
        row(new Row(times.name(), times.medianSeconds(), "s", ratio, note(times, ratio, aim)));
    }

    private static String note(Times times, double ratio, @Nullable Aim aim) {
        String spread = times.nanos().length > 1
                ? String.format(Locale.ROOT, "slowest/fastest round %.2f", times.spread())
                : "one round";
        return aim == null ? spread : aim.verdict(ratio) + "; " + spread;
    }

    List<Section> sections() {
        return List.copyOf(sections);
    }

    /** The page of results. */
    String markdown(Machine machine, Scale scale) {
        StringBuilder page = new StringBuilder("# Benchmarks\n\n");
        page.append("Written by `bin/bench --write`; medians of one run, scale \"")
                .append(scale.name())
                .append("\". A ratio above 1 is faster than what it is taken to; that stands in the same table.\n\n");
        page.append(machine.markdown());
        for (Section section : sections) {
            page.append("\n## ").append(section.benchmark().name()).append("\n\n");
            page.append(section.benchmark().says())
                    .append("\n\n| what | figure | ratio | |\n| --- | ---: | ---: | --- |\n");
            for (Row row : section.rows()) {
                page.append(
                        String.format("| %s | %s | %s | %s |%n", row.what(), row.figure(), row.times(), row.note()));
            }
        }
        return page.toString();
    }
}
