package io.metawal.storage.repository;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.point.Label;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.List;

/**
 * Named restore points: holds on one commit, made and dropped without the writer's role. Each is an object and a seal beside
 * it, written before and deleted after it, so that a lost object is noticed.
 */
public final class Points {
    private static final String ID_PREFIX = "point-";
    private final Repository repository;

    public Points(Repository repository) {
        this.repository = repository;
    }

    /** {@code holds/point-<label>.json}: a label on a commit, kept whatever the retention. */
    public record Point(String label, int timeline, long seq, String owner, long createdMicros) {}

    public void create(Point point) {
        String id = ID_PREFIX + Label.check(point.label());
        try {
            repository.create(Keys.holdSeal(id), "seal");
            repository.create(Keys.hold(id), point);
        } catch (ObjectExistsException e) {
            throw new MetawalException(
                    ExitCode.CONFLICT,
                    "the point \"" + point.label()
                            + "\" exists already: choose another label, or `metawal point delete " + point.label()
                            + "` first",
                    e);
        }
    }

    public Point find(String label) {
        String id = ID_PREFIX + Label.check(label);
        return repository.find(Keys.hold(id), Point.class).orElseThrow(() -> {
            if (repository.store().stat(Keys.holdSeal(id)) != null) {
                return new CorruptException(Keys.hold(id) + " is missing, though its seal is there: the point \""
                        + label + "\" was lost, or never finished; create it again");
            }
            return new PointNotFoundException("no point is named \"" + label + "\"; there are "
                    + list().stream().map(Point::label).toList());
        });
    }

    public List<Point> list() {
        List<Point> points = new ArrayList<>();
        ObjectStores.forEach(repository.store(), Keys.HOLDS + ID_PREFIX, "", stat -> {
            if (stat.key().value().endsWith(".json")) {
                points.add(repository.read(stat.key(), Point.class));
            }
        });
        return points;
    }

    /** Drops a point, or what is left of one that was never finished. */
    public void delete(String label) {
        String id = ID_PREFIX + Label.check(label);
        boolean sealed = repository.store().stat(Keys.holdSeal(id)) != null;
        if (!sealed) {
            find(label);
        }
        ObjectKey key = Keys.hold(id);
        repository.store().delete(key);
        repository.store().delete(Keys.holdSeal(id));
    }
}
