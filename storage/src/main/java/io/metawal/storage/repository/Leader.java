package io.metawal.storage.repository;

import org.jspecify.annotations.Nullable;

/**
 * Who has the writer's role, by its last sign of life.
 *
 * @param term 0 where nobody ever took it
 * @param head null where its owner has written none yet
 */
public record Leader(long term, @Nullable Head head) {
    public static final Leader NONE = new Leader(0, null);

    /** Two small requests: the terms after the one that was known, and the newest one's head. */
    public static Leader look(Repository repository, Leader known) {
        long term = Terms.newestNumber(repository, known.term());
        return term == 0
                ? NONE
                : new Leader(term, repository.find(Keys.head(term), Head.class).orElse(null));
    }

    /** Whether it has said that it stopped. */
    public boolean released() {
        return term == 0 || head != null && head.released();
    }
}
