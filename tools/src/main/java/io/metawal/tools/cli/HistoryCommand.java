package io.metawal.tools.cli;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.CommitView;
import io.metawal.tools.output.ValueDisplay;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "history", mixinStandardHelpOptions = true, description = "Every change of one key, oldest first.")
final class HistoryCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Parameters(paramLabel = "KEY", description = "as SPACE/KEY, or SPACE/NAME as log shows names")
    private String key = "";

    @Option(names = "--timeline", description = "default: the current one")
    private @Nullable Integer timeline;

    @Mixin
    private final DisplayOptions display = new DisplayOptions();

    @Override
    public Integer call() {
        EntryKey wanted = EntryName.parse(key);
        History history = repository.history();
        int shown = timeline == null ? history.currentTimeline() : timeline;
        Line line = history.line(shown);
        LineGaps.refuse(line, 1, line.lastSeq());
        ValueDisplay values = display.of(history, shown);
        CommitView view = new CommitView(
                repository.output(), history.repository().identity().cluster(), values);
        CalledKeys called = new CalledKeys(key, wanted, values);
        new CommitScan(new Segments(history.repository().store())).forEach(line, 1, line.lastSeq(), stamped -> {
            Commit commit = stamped.record().commit();
            List<Change> changes =
                    commit.changes().stream().filter(called::matches).toList();
            if (!changes.isEmpty()) {
                view.show(commit, changes);
            }
            return true;
        });
        return 0;
    }
}
