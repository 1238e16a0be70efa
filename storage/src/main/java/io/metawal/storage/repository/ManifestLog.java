package io.metawal.storage.repository;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the manifest: lists all edits and folds those that count. */
public final class ManifestLog {
    private ManifestLog() {}

    /** @param number the newest edit's; 0 where there is none */
    public record Read(long number, Manifest.State state) {}

    static Read read(Repository repository, Terms terms) {
        List<Long> numbers = new ArrayList<>();
        ObjectStores.forEach(
                repository.store(),
                Keys.MANIFEST,
                "",
                stat -> Repository.number(stat.key(), Keys.MANIFEST, "").ifPresent(numbers::add));
        Manifest.State state = Manifest.State.EMPTY;
        long at = 0;
        for (long number : numbers) {
            if (number <= at) {
                continue;
            }
            Manifest manifest = repository.read(Keys.manifest(number), Manifest.class);
            boolean counts = terms.countsEdit(number, manifest.term());
            Manifest.State full = manifest.full();
            if (number != at + 1 && (full == null || !counts)) {
                throw new CorruptException(Keys.manifest(at + 1) + " is missing, though " + Keys.manifest(number)
                        + " is there: the list of snapshots and gaps is not whole");
            }
            if (counts) {
                state = full == null ? state.apply(manifest.edit()) : full;
            }
            at = number;
        }
        return new Read(at, state);
    }

    /** The edit after {@code last}, where somebody wrote one. */
    static Optional<Manifest> after(Repository repository, long last) {
        return repository.find(Keys.manifest(last + 1), Manifest.class);
    }
}
