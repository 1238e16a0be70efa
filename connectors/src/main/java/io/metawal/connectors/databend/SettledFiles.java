package io.metawal.connectors.databend;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Which files are to be read now: such as have not changed for a while, nor been read as they are. Times are of a clock that only rises. For one
 * thread, but for the figure.
 */
final class SettledFiles {
    /** A file that was doubtful is looked at, and told of, so often, if it does not change. */
    static final long DOUBT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long settleNanos;
    private final Map<Path, Seen> seen = new HashMap<>();
    private final Map<Path, Stamp> done = new HashMap<>();
    private final Map<Path, Doubt> doubts = new HashMap<>();
    private volatile int doubtful;

    /** What changes when a file is written to. */
    record Stamp(long size, FileTime modified) {}

    private record Seen(Stamp stamp, long sinceNanos) {}

    private record Doubt(Stamp stamp, long sinceNanos, long toldNanos) {}

    SettledFiles(long settleNanos) {
        this.settleNanos = settleNanos;
    }

    /**
     * The files to be read.
     *
     * @param present all that are there
     */
    Map<Path, Stamp> look(Map<Path, Stamp> present, long nowNanos) {
        seen.keySet().retainAll(present.keySet());
        done.keySet().retainAll(present.keySet());
        doubts.keySet().retainAll(present.keySet());
        doubtful = doubts.size();
        Map<Path, Stamp> ready = new TreeMap<>();
        present.forEach((file, stamp) -> {
            Seen before = seen.get(file);
            if (before == null || !before.stamp().equals(stamp)) {
                seen.put(file, new Seen(stamp, nowNanos));
                return;
            }
            Doubt doubt = doubts.get(file);
            boolean again =
                    doubt == null || !doubt.stamp().equals(stamp) || nowNanos - doubt.sinceNanos() >= DOUBT_NANOS;
            if (nowNanos - before.sinceNanos() >= settleNanos && !stamp.equals(done.get(file)) && again) {
                ready.put(file, stamp);
            }
        });
        return ready;
    }

    /** The file was read as it was. */
    void done(Path file, Stamp stamp) {
        done.put(file, stamp);
        doubts.remove(file);
        doubtful = doubts.size();
    }

    /** The file is not sound as it is. Whether that is to be told: the first time, and once a minute. */
    boolean doubt(Path file, Stamp stamp, long nowNanos) {
        Doubt before = doubts.get(file);
        long last = before == null ? nowNanos - DOUBT_NANOS : before.toldNanos();
        boolean told = nowNanos - last >= DOUBT_NANOS;
        doubts.put(file, new Doubt(stamp, nowNanos, told ? nowNanos : last));
        doubtful = doubts.size();
        return told;
    }

    int doubtful() {
        return doubtful;
    }
}
