package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.wal.chronicle.LostCommitsException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the hot log so that it goes on from the archive's end. A log that lost acknowledged commits is begun anew where the
 * archive has them all; one that the archive has left behind, or that is of another timeline, likewise; what was there is put
 * aside, never deleted. Where something would be lost by that, it is an error instead.
 */
final class HotLog {
    private static final Logger LOG = LoggerFactory.getLogger(HotLog.class);

    private final LogMedium medium;
    private final History history;
    private final boolean recaptured;

    HotLog(EngineConfig config, Repository repository, History history, InstantSource clock) {
        this.medium = config.log(repository.identity().clusterId(), clock);
        this.history = history;
        this.recaptured = !config.source().isEmpty();
    }

    MetadataLog open(Position archived) {
        MetadataLog log;
        try {
            log = medium.open(archived);
        } catch (LostCommitsException lost) {
            if (lost.lastAckedSeq() > archived.seq()) {
                throw lost;
            }
            return anew(
                    medium.acked().orElseThrow(() -> lost),
                    archived,
                    "its damage (" + lost.text() + ") is healed from the archive, which has everything up to seq "
                            + archived.seq());
        }
        try {
            return fitted(log, archived);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private MetadataLog fitted(MetadataLog log, Position archived) {
        Position head = log.head();
        if (head.timeline() != archived.timeline()) {
            long kept = history.line(head.timeline()).lastSeq();
            if (head.seq() > kept && log.firstSeq() <= head.seq()) {
                throw new MetawalException(
                        ExitCode.CONFLICT,
                        "the hot log " + medium.name() + " holds seq " + (kept + 1) + " to " + head.seq()
                                + " of timeline " + head.timeline()
                                + ", which are not archived: archive them first, with --timeline " + head.timeline());
            }
            log.close();
            return anew(head, archived, "timeline " + archived.timeline() + " is taken up");
        }
        if (head.seq() < archived.seq()) {
            log.close();
            return anew(head, archived, "it ends at seq " + head.seq() + ", before the archive's " + archived.seq());
        }
        if (log.firstSeq() > archived.seq() + 1) {
            throw new MismatchException("the hot log " + medium.name() + " starts at seq " + log.firstSeq()
                    + ", but the archive ends at seq " + archived.seq() + ": the commits between are in neither");
        }
        if (joins(log, archived)) {
            return log;
        }
        if (!recaptured || medium.shared()) {
            throw new MismatchException("the hot log " + medium.name() + " and the archive are different"
                    + " histories up to seq " + archived.seq()
                    + " (the chain values differ): set the hot log aside if the"
                    + " archive is the true one, or restore into another repository");
        }
        log.close();
        return other(
                archived,
                "another writer went on from before its seq " + head.seq()
                        + ", and captured again what this one had not archived");
    }

    /** Whether the log's commits are the same history as the archive's. */
    private boolean joins(MetadataLog log, Position archived) {
        if (archived.seq() == 0 || log.firstSeq() > log.head().seq()) {
            return true;
        }
        boolean holdsLast = log.firstSeq() <= archived.seq();
        long seq = holdsLast ? archived.seq() : archived.seq() + 1;
        if (seq > log.head().seq()) {
            return true;
        }
        try (LogReader reader = log.read(seq)) {
            var record = reader.poll();
            if (record == null) {
                throw new UnreachableException("the hot log " + medium.name() + " does not give seq " + seq);
            }
            return holdsLast ? record.chain().matches(archived.chain()) : record.follows(archived.chain());
        }
    }

    /** @param acked the last that the log acknowledged, which must be archived, unless the source has it still */
    private MetadataLog anew(Position acked, Position archived, String because) {
        if (!ArchivedChain.holds(history, acked)) {
            if (!recaptured || medium.shared()) {
                throw new MismatchException("the hot log " + medium.name() + " acknowledged commits up to seq "
                        + acked.seq() + " of timeline " + acked.timeline()
                        + ", and the archive does not have the same ones: another writer went on from before them, and"
                        + " what is in this log is nowhere else. Keep it: `metawal restore --wal` reads the ids that it"
                        + " gave out. To write here again, move its directory away, or name another with --wal");
            }
            return other(archived, because + "; another writer captured again what this one had not archived");
        }
        LOG.warn("the hot log {} is put aside and begun anew: {}", medium.name(), because);
        return medium.beginAnew(archived);
    }

    private MetadataLog other(Position archived, String because) {
        LOG.warn("the hot log {} is put aside and another begun: {}", medium.name(), because);
        return medium.beginOther(archived);
    }
}
