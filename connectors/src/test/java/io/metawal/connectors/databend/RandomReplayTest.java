package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random logs, held against the plain model at every index, however the exports cut them. */
class RandomReplayTest {
    private static final String HEADER =
            "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]";
    private static final int ENTRIES = 60;

    /** The state after each entry, from a log that begins at index 1. */
    private record History(List<String> log, List<List<String>> states, List<PlainModel> models, List<Long> terms) {
        static History random(RandomGenerator random) {
            Commands commands = new Commands(random);
            History history = new History(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int index = 1; index <= ENTRIES; index++) {
                history.log.add(commands.entry(index));
                history.terms.add(commands.term());
                PlainModel model = new PlainModel(commands.release());
                history.log.forEach(entry -> model.apply(Commands.parse(entry)));
                history.models.add(model);
                history.states.add(model.lines());
            }
            return history;
        }

        /** An export with a state at {@code applied}, 0 for none, and the log from {@code first} to {@code last}. */
        String export(int applied, int first, int last) {
            StringBuilder export = new StringBuilder(HEADER).append('\n');
            export.append("[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":")
                    .append(terms.get(last - 1))
                    .append(",\"node_id\":1},\"index\":")
                    .append(last)
                    .append("}}]\n");
            for (int index = first; index <= last; index++) {
                export.append("[\"raft_log\",{\"LogEntry\":")
                        .append(log.get(index - 1))
                        .append("}]\n");
            }
            if (applied > 0) {
                states.get(applied - 1).forEach(line -> export.append(line).append('\n'));
            }
            return export.toString();
        }
    }

    private static void check(Imported imported, History history, int from, int to) {
        for (int index = from; index <= to; index++) {
            PlainModel model = history.models.get(index - 1);
            Map<EntryKey, Entry> image = imported.at(index);
            assertThat(Imported.records(image)).as("at index " + index).isEqualTo(model.records);
            String sequence = Imported.value(image, "id.sequences", "generic-kv");
            assertThat(sequence.isEmpty() ? 0 : Long.parseLong(sequence))
                    .as("at index " + index)
                    .isEqualTo(model.sequence);
            assertThat(image.values().stream()
                            .filter(entry -> entry.entryKey().space().name().equals("system.node"))
                            .map(entry -> Commands.parse(entry.value().toStringUtf8()))
                            .toList())
                    .as("at index " + index)
                    .isEqualTo(List.copyOf(model.nodes.values()));
        }
    }

    @Test
    void a_whole_log_gives_every_state() {
        Seeded.check(20, random -> {
            History history = History.random(random);
            Imported imported = new Imported();
            ImportReport report = imported.add(history.export(random.nextInt(ENTRIES + 1), 1, ENTRIES));
            assertThat(report.findings()).isEmpty();
            assertThat(report.to()).isEqualTo(ENTRIES);
            check(imported, history, 1, ENTRIES);
            long time = 0;
            for (Commit commit : imported.sink.commits()) {
                assertThat(commit.header().timeMicros()).isGreaterThanOrEqualTo(time);
                time = commit.header().timeMicros();
            }
        });
    }

    @Test
    void overlapping_exports_join_without_gap_or_duplicate() {
        Seeded.check(20, random -> {
            History history = History.random(random);
            // What changed is let go of after every few entries, or never.
            long changedMax = random.nextBoolean() ? 1000 : Long.MAX_VALUE;
            Imported imported =
                    new Imported(new ImportOptions(ImportOptions.LogText.LEFT_OUT, Long.MAX_VALUE, changedMax, ""));
            int end = 10 + random.nextInt(10);
            int begin = 3 + random.nextInt(end - 3);
            imported.add(history.export(begin, 3 + random.nextInt(begin - 1), end));
            int from = begin;
            while (end < ENTRIES) {
                int next = Math.min(ENTRIES, end + random.nextInt(15));
                int applied = 3 + random.nextInt(next - 2);
                int first = Math.min(3 + random.nextInt(end), Math.min(applied, end) + 1);
                ImportReport report = imported.add(history.export(applied, Math.max(3, first), next));
                assertThat(report.findings()).isEmpty();
                assertThat(report.from()).isEqualTo(end);
                assertThat(report.to()).isEqualTo(next);
                end = next;
            }
            check(imported, history, from, ENTRIES);
            List<Long> epochs = imported.sink.commits().stream()
                    .filter(commit -> commit.header().kind() == CommitKind.DATA)
                    .map(commit -> commit.header().epoch())
                    .toList();
            assertThat(epochs)
                    .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(from + 1L, ENTRIES)
                            .boxed()
                            .toList());
            assertThat(imported.sink.commits())
                    .noneMatch(commit -> commit.header().afterGap());
        });
    }

    @Test
    void what_was_purged_unseen_is_a_recorded_gap() {
        Seeded.check(20, random -> {
            History history = History.random(random);
            Imported imported = new Imported();
            int end = 5 + random.nextInt(10);
            imported.add(history.export(end, end, end));
            int first = end + 2 + random.nextInt(10);
            int applied = first - 1 + random.nextInt(10);
            ImportReport report = imported.add(history.export(applied, first, ENTRIES));
            assertThat(report.baseAt()).isEqualTo(applied);
            assertThat(report.findings()).isEmpty();
            Commit gap = imported.sink.commits().stream()
                    .filter(commit -> commit.header().afterGap())
                    .findFirst()
                    .orElseThrow();
            assertThat(gap.body().gapReason())
                    .isEqualTo("Databend log entries " + (end + 1) + " to " + applied
                            + " were purged before they were exported; what they left at index " + applied
                            + " is here");
            assertThat(gap.header().epoch()).isEqualTo(applied);
            check(imported, history, end, end);
            check(imported, history, applied, ENTRIES);
        });
    }
}
