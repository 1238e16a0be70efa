package io.metawal.storage.repository;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What operators have said of recorded gaps: {@code acknowledged/<timeline>.<after seq>.json}, made without the writer's role. An
 * acknowledgement is of one gap as it was recorded then; a gap that is recorded again with other bounds or another reason is a new one. It
 * changes nothing but what {@code verify} calls an error: the gap stays listed, and points in it stay refused.
 */
public final class GapAcknowledgements {
    private final Repository repository;

    public GapAcknowledgements(Repository repository) {
        this.repository = repository;
    }

    /** @param gap as the manifest had it */
    public record Acknowledgement(Gap gap, String by, String why, long atMicros) {}

    /** All of them, by timeline and seq. */
    public List<Acknowledgement> list() {
        List<Acknowledgement> found = new ArrayList<>();
        ObjectStores.forEach(
                repository.store(),
                Keys.ACKNOWLEDGED,
                "",
                stat -> found.add(repository.read(stat.key(), Acknowledgement.class)));
        return found;
    }

    /** What was said of this gap. */
    public Optional<Acknowledgement> find(Gap gap) {
        return repository
                .find(Keys.acknowledged(gap.timeline(), gap.afterSeq()), Acknowledgement.class)
                .filter(acknowledgement -> acknowledgement.gap().equals(gap));
    }

    /** The gap that the manifest has after a commit. */
    public static Gap require(History history, int timeline, long afterSeq) {
        List<Gap> gaps = history.manifest().state().gaps();
        return gaps.stream()
                .filter(gap -> gap.timeline() == timeline && gap.afterSeq() == afterSeq)
                .findFirst()
                .orElseThrow(() -> new PointNotFoundException("no gap is recorded after seq " + afterSeq
                        + " of timeline " + timeline + "; `metawal gap list` shows "
                        + (gaps.isEmpty() ? "none" : "all " + gaps.size())));
    }

    public void create(Acknowledgement acknowledgement) {
        Gap gap = acknowledgement.gap();
        var key = Keys.acknowledged(gap.timeline(), gap.afterSeq());
        Optional<Acknowledgement> known = repository.find(key, Acknowledgement.class);
        if (known.isPresent() && !known.get().gap().equals(gap)) {
            // It is of a gap that was recorded in another form since.
            repository.store().delete(key);
        }
        try {
            repository.create(key, acknowledgement);
        } catch (ObjectExistsException e) {
            throw new MetawalException(
                    ExitCode.CONFLICT,
                    "the gap after seq " + gap.afterSeq() + " of timeline " + gap.timeline()
                            + " is acknowledged already; `metawal gap list` says by whom",
                    e);
        }
    }
}
