package io.metawal.pitr.verify;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.pitr.plan.Window;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.GapAcknowledgements;
import io.metawal.storage.repository.GapAcknowledgements.Acknowledgement;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.Term;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a repository with what it should be. Every finding names an object. The head is the independent word on where the log
 * ends: a missing tail is found by it, not by what is there.
 */
public final class Verifier {
    private final Repository repository;
    private final ReplayLimits limits;
    private final Instant now;
    private final Runnable progress;
    private final Findings findings = new Findings();

    /** @param progress called once an object */
    public Verifier(Repository repository, ReplayLimits limits, Instant now, Runnable progress) {
        this.repository = repository;
        this.limits = limits;
        this.now = now;
        this.progress = progress;
    }

    public VerifyReport run(Level level) {
        History history = null;
        MetawalException unloadable = null;
        try {
            // Before the list of objects: what a history names that a writer made meanwhile is in the list, too.
            history = History.load(repository);
        } catch (MetawalException e) {
            unloadable = e;
        }
        Map<ObjectKey, ObjectStat> objects = new Inventory(repository, findings).take();
        try {
            if (history == null) {
                throw unloadable == null ? new IllegalStateException("neither loaded nor failed") : unloadable;
            }
            terms(history, objects);
            timelines(history, objects);
            manifest(history, objects);
            List<SnapshotManifest> snapshots = new SnapshotVerifier(history, findings, progress).verify(objects, level);
            for (int timeline : history.timelines().keySet()) {
                line(history, timeline, level);
            }
            if (level.includes(Level.REPLAY)) {
                new ReplayVerifier(history, limits, now, progress, findings).verify(snapshots);
            }
        } catch (MetawalException e) {
            if (e.code().mayPass()) {
                throw e;
            }
            unreadable(e);
            return new VerifyReport(level, findings.all(), null);
        }
        return new VerifyReport(level, findings.all(), window(history));
    }

    /** One that cannot be followed to its beginning is a finding; the others are verified all the same. */
    private void line(History history, int timeline, Level level) {
        try {
            new LineVerifier(history, findings, progress).verify(timeline, level);
        } catch (CorruptException | PointNotFoundException e) {
            findings.error(
                    "damaged", Keys.timeline(timeline), "timeline " + timeline + " cannot be followed: " + e.text());
        }
    }

    /** A repository that cannot even be listed: the message names the object, as its first word. */
    private void unreadable(MetawalException e) {
        boolean reported = findings.hasErrors();
        if (!reported || e instanceof CorruptException) {
            String first = e.text().split("[ :]", 2)[0];
            findings.add(new Finding(
                    Finding.Severity.ERROR, e.text().contains("missing") ? "missing" : "damaged", first, e.text()));
        }
    }

    private @Nullable Window window(History history) {
        try {
            return Window.of(history, history.currentTimeline(), findings.inError());
        } catch (MetawalException e) {
            return null;
        }
    }

    private void terms(History history, Map<ObjectKey, ObjectStat> objects) {
        long expected = 1;
        for (Term term : history.terms().terms()) {
            for (; expected < term.term(); expected++) {
                findings.error("missing", Keys.term(expected), "terms are taken one by one, and later ones are there");
            }
            expected++;
            if (!objects.containsKey(Keys.head(term.term()))) {
                boolean newest = history.terms().newest().orElseThrow().term() == term.term();
                // A writer that died between its term and its first head, and wrote nothing, left nothing to be missed.
                boolean wrote = objects.keySet().stream()
                        .flatMap(key -> SegmentName.parse(key).stream())
                        .anyMatch(name -> name.term() == term.term());
                findings.add(new Finding(
                        newest ? Finding.Severity.ERROR : wrote ? Finding.Severity.WARNING : Finding.Severity.INFO,
                        "missing",
                        Keys.head(term.term()).value(),
                        "the term was taken, but no head tells how far it came"));
            }
        }
        for (ObjectKey key : objects.keySet()) {
            SegmentName.parse(key).ifPresent(name -> {
                if (history.terms().terms().stream().noneMatch(term -> term.term() == name.term())) {
                    findings.error(
                            "missing", Keys.term(name.term()), name + " was written in that term, which is not there");
                } else if (!history.segments(name.timeline()).contains(name)) {
                    findings.add(new Finding(
                            Finding.Severity.INFO,
                            "superseded",
                            key.value(),
                            "written by a fenced writer; a newer term went on from before it"));
                }
            });
        }
    }

    private void timelines(History history, Map<ObjectKey, ObjectStat> objects) {
        int expected = 1;
        for (int timeline : history.timelines().keySet()) {
            for (; expected < timeline; expected++) {
                findings.error("missing", Keys.timeline(expected), "later timelines are there");
            }
            expected++;
        }
        Set<Integer> written = new HashSet<>();
        objects.keySet().forEach(key -> SegmentName.parse(key).ifPresent(name -> written.add(name.timeline())));
        history.heads().values().forEach(head -> written.add(head.at().timeline()));
        history.terms().terms().forEach(term -> written.addAll(term.ends().keySet()));
        for (int timeline : written) {
            if (!history.timelines().containsKey(timeline)) {
                findings.error("missing", Keys.timeline(timeline), "segments, a head or a term that name it are there");
                objects.keySet().stream()
                        .filter(key -> SegmentName.parse(key)
                                .filter(name -> name.timeline() == timeline)
                                .isPresent())
                        .forEach(key ->
                                findings.error("misplaced", key, "its timeline is not there: lost, or this is a copy"));
            }
        }
    }

    private void manifest(History history, Map<ObjectKey, ObjectStat> objects) {
        long newest = history.manifest().number();
        long known = history.heads().values().stream()
                .mapToLong(Head::manifest)
                .max()
                .orElse(0);
        for (long number = 1; number <= Math.max(newest, known); number++) {
            if (!objects.containsKey(Keys.manifest(number))) {
                findings.error(
                        "missing", Keys.manifest(number), "edits are numbered one by one, and a later one is known");
            }
        }
        history.manifest().state().gaps().forEach(gap -> gap(gap, newest));
    }

    /** A loss that was recorded is an error until somebody says that they know of it. */
    private void gap(Gap gap, long newestManifest) {
        String what = "what happened on timeline " + gap.timeline() + " after seq " + gap.afterSeq() + " (epoch "
                + gap.epochBefore() + " to " + gap.epochAfter() + ") is not known: " + gap.reason();
        Acknowledgement known = acknowledgement(gap);
        findings.add(new Finding(
                known == null ? Finding.Severity.ERROR : Finding.Severity.INFO,
                "gap",
                Keys.manifest(Math.max(1, newestManifest)).value(),
                known == null
                        ? what + "; `metawal gap acknowledge " + gap.timeline() + "@seq:" + gap.afterSeq()
                                + "` says that you know of it"
                        : what + "; acknowledged by " + known.by() + " at " + Timestamps.print(known.atMicros())
                                + (known.why().isEmpty() ? "" : ": " + known.why())));
    }

    /** Null where there is none, and where it is damaged, which is a finding of its own. */
    private @Nullable Acknowledgement acknowledgement(Gap gap) {
        try {
            return new GapAcknowledgements(repository).find(gap).orElse(null);
        } catch (CorruptException e) {
            return null;
        }
    }
}
