package io.metawal.tools.cli;

import io.metawal.connectors.ndjson.JsonBytes;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which commits and changes are shown. */
final class ChangeFilter {
    @Mixin
    private final CategoryOptions categories = new CategoryOptions();

    @Option(names = "--category", description = "only changes of this category: ${COMPLETION-CANDIDATES}")
    private @Nullable Category category;

    @Option(
            names = "--key",
            paramLabel = "GLOB",
            description =
                    "only changes whose SPACE/KEY fits, such as 'catalog.*' or 'kv//app/*'; * and ? fit any character")
    private @Nullable String key;

    @Option(names = "--actor", description = "only commits of this actor")
    private @Nullable String actor;

    /** The commit's changes that are to be shown; none where the commit is not to be. */
    List<Change> shown(Commit commit) {
        if (actor != null && !actor.equals(commit.body().actor())) {
            return List.of();
        }
        CategoryRules rules = categories.rules();
        Pattern pattern = key == null ? null : glob(key);
        return commit.changes().stream()
                .filter(change -> category == null || rules.categoryOf(change.entryKey()) == category)
                .filter(change ->
                        pattern == null || pattern.matcher(name(change)).matches())
                .toList();
    }

    /** Whether a commit without changes is to be shown too. */
    boolean all() {
        return category == null && key == null && actor == null;
    }

    static String name(Change change) {
        return change.entryKey().space() + "/"
                + JsonBytes.show(change.entryKey().key());
    }

    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (int n = 0; n < text.length(); n++) {
            char c = text.charAt(n);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
