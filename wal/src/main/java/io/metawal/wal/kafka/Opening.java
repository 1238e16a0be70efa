package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.SourceChangedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do with a topic once it was read: go on, begin anew, or refuse. There are three witnesses: the topic, the archive's end
 * ({@code start}), and what this machine noted as acknowledged. Whatever the topic lacks must be in the archive. Pure.
 */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

    private final KafkaUrl url;
    private final Position start;
    private final @Nullable Position noted;

    Opening(KafkaUrl url, Position start, @Nullable Position noted) {
        this.url = url;
        this.start = start;
        this.noted = noted;
    }

    /** Before a topic is made: it must not be one that had commits. */
    void checkAbsent() {
        Position known = noted;
        if (known != null && !archived(known)) {
            throw lost("the topic is gone", start.timeline() == known.timeline() ? start.seq() + 1 : 0, known.seq());
        }
    }

    /**
     * @param end as the topic says; null where it has no mark
     * @param firstSeq that can be read
     * @param truncated whether the topic's first records were deleted, by us or somebody else
     * @return whether the log begins anew at the start
     */
    boolean beginsAnew(@Nullable Position end, long firstSeq, boolean truncated) {
        if (end == null) {
            checkAbsent();
            if (truncated) {
                throw new SourceChangedException("the log " + url + " was truncated by somebody else: nothing says any"
                        + " more what stood in it; to go on from the archive's end, seq " + start.seq()
                        + ", name a new topic");
            }
            return true;
        }
        Position known = noted;
        if (known != null && reaches(end, known)) {
            if (!archived(known)) {
                throw lost("the topic ends there", end.seq() + 1, known.seq());
            }
            LOG.warn(
                    "the log {} lacks seq {} to {}, which the archive has: it begins anew",
                    url,
                    end.seq() + 1,
                    known.seq());
            return true;
        }
        if (end.timeline() == start.timeline() && end.seq() > start.seq() && firstSeq > start.seq() + 1) {
            throw lost("somebody else truncated the topic", start.seq() + 1, firstSeq - 1);
        }
        return false;
    }

    private static boolean reaches(Position end, Position known) {
        return end.timeline() == known.timeline() && known.seq() > end.seq();
    }

    private boolean archived(Position position) {
        return position.timeline() == start.timeline() && position.seq() <= start.seq();
    }

    private SourceChangedException lost(String how, long first, long last) {
        String which = first == 0 ? "up to seq " + last + " of another timeline" : "seq " + first + " to " + last;
        return new SourceChangedException("the log " + url + " lost commits, " + which
                + ", which it had acknowledged and the archive does not have: " + how
                + "; to go on without them, from the archive's end, name a new topic and another --data-dir");
    }
}
