package io.metawal.pitr.verify;

import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.GapAcknowledgements.Acknowledgement;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Identity;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.Timeline;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The first look: every object has a known name, and every small one is whole and its own. */
final class Inventory {
    private static final Map<Pattern, Class<?>> SMALL =
            new TreeMap<>((a, b) -> a.pattern().compareTo(b.pattern()));
    private static final Pattern CHUNK =
            Pattern.compile("snapshots/[0-9a-f]{8}/[0-9a-f]{16}\\.[0-9a-f]{8}/chunk-[0-9a-f]{8}");

    static {
        SMALL.put(Pattern.compile("repository\\.json"), Identity.class);
        SMALL.put(Pattern.compile("term/[0-9a-f]{8}"), Term.class);
        SMALL.put(Pattern.compile("head/[0-9a-f]{8}"), Head.class);
        SMALL.put(Pattern.compile("timelines/[0-9a-f]{8}\\.json"), Timeline.class);
        SMALL.put(Pattern.compile("manifest/[0-9a-f]{16}"), Manifest.class);
        SMALL.put(Pattern.compile("holds/point-[A-Za-z0-9._-]+\\.json"), Points.Point.class);
        SMALL.put(Pattern.compile("holds/point-[A-Za-z0-9._-]+\\.seal"), String.class);
        SMALL.put(Pattern.compile("acknowledged/[0-9a-f]{8}\\.[0-9a-f]{16}\\.json"), Acknowledgement.class);
        SMALL.put(
                Pattern.compile("snapshots/[0-9a-f]{8}/[0-9a-f]{16}\\.[0-9a-f]{8}/snapshot\\.json"),
                SnapshotManifest.class);
    }

    private final Repository repository;
    private final Findings findings;
    private final Map<ObjectKey, ObjectStat> objects = new TreeMap<>();

    Inventory(Repository repository, Findings findings) {
        this.repository = repository;
        this.findings = findings;
    }

    /** Every object by its key. */
    Map<ObjectKey, ObjectStat> take() {
        for (ObjectStat stat : ObjectStores.all(repository.store(), "")) {
            objects.put(stat.key(), stat);
        }
        objects.keySet().forEach(this::look);
        seals();
        return objects;
    }

    private void look(ObjectKey key) {
        for (Map.Entry<Pattern, Class<?>> small : SMALL.entrySet()) {
            if (small.getKey().matcher(key.value()).matches()) {
                findings.check(key, () -> repository.read(key, small.getValue()));
                return;
            }
        }
        boolean large =
                SegmentName.parse(key).isPresent() || CHUNK.matcher(key.value()).matches();
        if (!large) {
            findings.add(new Finding(
                    Finding.Severity.WARNING,
                    "unknown",
                    key.value(),
                    "no object of a repository has such a name; it is left alone"));
        }
    }

    private void seals() {
        for (ObjectKey key : objects.keySet()) {
            String name = key.value();
            if (!name.startsWith(Keys.HOLDS)) {
                continue;
            }
            ObjectKey twin = new ObjectKey(
                    name.endsWith(".seal")
                            ? name.replaceAll("\\.seal$", ".json")
                            : name.replaceAll("\\.json$", ".seal"));
            if (!objects.containsKey(twin)) {
                findings.error("missing", twin, key + " is there without it: the point was lost, or never finished");
            }
        }
    }
}
