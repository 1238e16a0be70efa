package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import java.nio.file.Path;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** What an open log consists of, opened in this order: the machine's note (a lock), the topic, the writer's claim, everything read. */
record KafkaParts(
        @Nullable AckedNote note,
        KafkaClients clients,
        KafkaTopic topic,
        LogState state,
        Session session,
        Position origin,
        Position end)
        implements AutoCloseable {
    static KafkaParts open(KafkaLogConfig config, KafkaClients clients) {
        return open(config, clients, Intent.GO_ON);
    }

    static KafkaParts reset(KafkaLogConfig config, KafkaClients clients) {
        return open(config, clients, Intent.BEGIN_ANEW);
    }

    private enum Intent {
        GO_ON,
        BEGIN_ANEW
    }

    private static KafkaParts open(KafkaLogConfig config, KafkaClients clients, Intent intent) {
        Path directory = config.directory();
        AckedNote note = directory == null ? null : AckedNote.open(directory, config.url());
        Admin admin = null;
        Session session = null;
        try {
            Position noted = note == null || intent == Intent.BEGIN_ANEW ? null : note.read();
            Opening opening = new Opening(config.url(), config.start(), noted);
            admin = clients.admin();
            KafkaTopic topic = KafkaTopic.find(admin, config);
            if (topic == null) {
                opening.checkAbsent();
                topic = KafkaTopic.make(admin, config);
            }
            LogState state = new LogState(config, noted);
            session = new Session(config, clients, topic, state);
            boolean truncated = session.begin() > 0;
            Position end = settle(config, intent, opening, session, state, truncated);
            if (note != null) {
                note.write(end);
            }
            Position origin = state.origin();
            return new KafkaParts(note, clients, topic, state, session, origin == null ? end : origin, end);
        } catch (RuntimeException e) {
            close(note, admin, session);
            throw e instanceof KafkaException fault
                    ? KafkaFaults.typed("cannot open the hot log " + config.url(), fault)
                    : e;
        }
    }

    /** Where the log goes on from. */
    private static Position settle(
            KafkaLogConfig config, Intent intent, Opening opening, Session session, LogState state, boolean truncated) {
        Position end = state.end();
        long firstSeq = state.index().firstSeqOr(end == null ? 0 : end.seq() + 1);
        boolean anew = intent == Intent.BEGIN_ANEW || opening.beginsAnew(end, firstSeq, truncated);
        if (!anew && end != null) {
            return end;
        }
        session.restartAt(config.start());
        return config.start();
    }

    private static void close(@Nullable AckedNote note, @Nullable Admin admin, @Nullable Session session) {
        if (session != null) {
            session.close();
        }
        if (admin != null) {
            admin.close(java.time.Duration.ZERO);
        }
        if (note != null) {
            note.close();
        }
    }

    @Override
    public void close() {
        session.close();
        topic.close();
        if (note != null) {
            note.close();
        }
    }
}
