package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.WriterRole;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which writers may have acknowledged what the repository does not have, one rule at a time. */
class UnreadLogsTest {
    private final AtomicLong seconds = new AtomicLong(1_795_000_000);
    /** Each look is a second later. */
    private final InstantSource clock = () -> Instant.ofEpochSecond(seconds.incrementAndGet());

    private final Repository repository = Repository.init(
                    new MemoryObjectStore(clock), "test", Instant.ofEpochSecond(seconds.get()))
            .repository();

    private WriterRole writer(String log, String source, int timeline) {
        return WriterRole.take(
                repository, new WriterRole.Request("somebody", timeline, source, Term.OBSERVE_MICROS, log), clock);
    }

    private WriterRole writer(String log) {
        return writer(log, "", 1);
    }

    private History now() {
        return History.load(repository);
    }

    private List<Long> unread(String readLog) {
        return UnreadLogs.of(now(), now(), readLog).stream().map(Term::term).toList();
    }

    @Test
    void aWriterThatEndedWithoutAWordIsListed() {
        writer("a");
        assertThat(unread("")).containsExactly(1L);
        assertThat(UnreadLogs.text(now(), now().terms().newest().orElseThrow()))
                .contains("term 1 (somebody)", "--wal DIR", "after seq 0 of timeline 1");
    }

    @Test
    void oneThatStoppedInGoodOrderIsNot() {
        writer("a").release();
        assertThat(unread("")).isEmpty();
    }

    @Test
    void oneWhoseLogIsReadIsNotAndThoseOfOtherLogsAre() {
        writer("a");
        writer("b");
        assertThat(unread("b")).containsExactly(1L);
        assertThat(unread("a")).containsExactly(2L);
    }

    @Test
    void theNextWriterOfTheSameLogArchivesWhatWasLeftAlsoOnAnotherTimeline() {
        writer("a");
        writer("a").release();
        assertThat(unread("")).isEmpty();
        writer("b");
        int fork = Forks.fork(repository, 1, 0, "test", "", clock.instant()).timeline();
        writer("c", "", fork).release();
        assertThat(unread("")).as("nobody has opened it since").containsExactly(3L);
        writer("b", "", fork).release();
        assertThat(unread("")).isEmpty();
    }

    @Test
    void whatIsCapturedAgainFromTheSameSourceIsNotMissed() {
        writer("a", "cluster", 1);
        WriterRole second = writer("b", "cluster", 1);
        second.release();
        assertThat(unread("")).as("it has not seen the source yet").containsExactly(1L);
        Head head = second.head();
        second.putHead(head.at(), head.segmentHash(), head.observedUntilMicros() + 1, 0);
        second.release();
        assertThat(unread("")).isEmpty();
    }

    @Test
    void anotherSourceProvesNothing() {
        writer("a", "cluster", 1);
        WriterRole second = writer("b", "other", 1);
        Head head = second.head();
        second.putHead(head.at(), head.segmentHash(), head.observedUntilMicros() + 1, 0);
        second.release();
        assertThat(unread("")).containsExactly(1L);
    }

    @Test
    void aLivingWriterSaysThatEverythingIsArchived() {
        WriterRole role = writer("a");
        AtomicLong acknowledged = new AtomicLong();
        role.acknowledging(acknowledged::get);
        role.heartbeat();
        History before = now();
        assertThat(UnreadLogs.of(before, now(), "")).as("a head of before the look").hasSize(1);
        acknowledged.set(1);
        role.heartbeat();
        assertThat(UnreadLogs.of(before, now(), "")).as("one commit is not archived").hasSize(1);
        acknowledged.set(0);
        role.heartbeat();
        assertThat(UnreadLogs.of(before, now(), "")).isEmpty();
    }

    @Test
    void aWriterWithoutAHotLogAcknowledgesNothingElsewhere() {
        writer("");
        assertThat(unread("")).isEmpty();
    }
}
