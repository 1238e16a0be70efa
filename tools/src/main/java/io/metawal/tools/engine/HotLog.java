package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.wal.chronicle.ChronicleLog;
import io.metawal.wal.chronicle.ChronicleLogConfig;
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

    private final EngineConfig config;
    private final Repository repository;
    private final History history;
    private final InstantSource clock;

    HotLog(EngineConfig config, Repository repository, History history, InstantSource clock) {
        this.config = config;
        this.repository = repository;
        this.history = history;
        this.clock = clock;
    }

    MetadataLog open(Position archived) {
        ChronicleLogConfig settings = settings(archived);
        MetadataLog log;
        try {
            log = ChronicleLog.open(settings);
        } catch (LostCommitsException lost) {
            if (lost.lastAckedSeq() > archived.seq()) {
                throw lost;
            }
            return anew(
                    settings,
                    "its damage (" + lost.text() + ") is healed from the archive, which has everything up to seq "
                            + archived.seq());
        }
        try {
            return fitted(log, settings, archived);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private MetadataLog fitted(MetadataLog log, ChronicleLogConfig settings, Position archived) {
        Position head = log.head();
        if (head.timeline() != archived.timeline()) {
            long kept = history.line(head.timeline()).lastSeq();
            if (head.seq() > kept && log.firstSeq() <= head.seq()) {
                throw new MetawalException(
                        ExitCode.CONFLICT,
                        "the hot log " + config.logDirectory() + " holds seq " + (kept + 1) + " to " + head.seq()
                                + " of timeline " + head.timeline()
                                + ", which are not archived: archive them first, with --timeline " + head.timeline());
            }
            log.close();
            return anew(settings, "timeline " + archived.timeline() + " is taken up");
        }
        if (head.seq() < archived.seq()) {
            log.close();
            return anew(settings, "it ends at seq " + head.seq() + ", before the archive's " + archived.seq());
        }
        if (log.firstSeq() > archived.seq() + 1) {
            throw new MismatchException("the hot log " + config.logDirectory() + " starts at seq " + log.firstSeq()
                    + ", but the archive ends at seq " + archived.seq() + ": the commits between are in neither");
        }
        if (joins(log, archived)) {
            return log;
        }
        if (config.source().isEmpty()) {
            throw new MismatchException("the hot log " + config.logDirectory() + " and the archive are different"
                    + " histories up to seq " + archived.seq()
                    + " (the chain values differ): set the hot log aside if the"
                    + " archive is the true one, or restore into another repository");
        }
        log.close();
        return anew(
                settings,
                "another writer went on from before its seq " + head.seq()
                        + ", and captured again what this one had not archived");
    }

    /** Whether the log's commits are the same history as the archive's. */
    private static boolean joins(MetadataLog log, Position archived) {
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
            return record != null
                    && (holdsLast ? record.chain().matches(archived.chain()) : record.follows(archived.chain()));
        }
    }

    private MetadataLog anew(ChronicleLogConfig settings, String because) {
        LOG.warn("the hot log {} is put aside and begun anew: {}", config.logDirectory(), because);
        return ChronicleLog.reset(settings);
    }

    private ChronicleLogConfig settings(Position archived) {
        return ChronicleLogConfig.of(
                        config.logDirectory(), repository.identity().clusterId(), archived, clock)
                .withBytesOnDiskMax(config.logBytesMax());
    }
}
