package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Leader;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SealedJson;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.WriterRole;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        return UnreadLogs.of(now(), readLog, Set.of()).stream().map(Term::term).toList();
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
    void aWriterOfBeforeTermsNamedTheirLogsIsListedToo() {
        ObjectKey key = new ObjectKey("term");
        Term old = SealedJson.read(key, SealedJson.write(key, Map.of("term", 1, "ends", Map.of())), Term.class);
        assertThat(old.log()).isEqualTo(Term.UNKNOWN_LOG);
        assertThat(old.heartbeatMicros()).isZero();
        writer(old.log());
        assertThat(unread("")).containsExactly(1L);
        assertThat(UnreadLogs.text(now(), now().terms().newest().orElseThrow()))
                .contains("did not say which log", "--ids newest+N");
        writer(old.log()).release();
        writer("b").release();
        assertThat(unread("")).as("nobody knows whether it was the same log").containsExactly(1L);
    }

    @Test
    void whatOneOfThemHadIsNotMissedOnceTheSourceIsCapturedAgain() {
        writer(Term.UNKNOWN_LOG, "cluster", 1);
        assertThat(unread("")).containsExactly(1L);
        WriterRole second = writer("b", "cluster", 1);
        Head head = second.head();
        second.putHead(head.at(), head.segmentHash(), head.observedUntilMicros() + 1, 0);
        second.release();
        assertThat(unread("")).isEmpty();
    }

    @Test
    void aLogOnKafkaIsNotLookedForInADirectory() {
        writer(Term.KAFKA_LOG + "wal aBc");
        assertThat(UnreadLogs.text(now(), now().terms().newest().orElseThrow()))
                .contains("kafka topic wal aBc")
                .doesNotContain("--wal DIR");
        writer(Term.KAFKA_LOG + "wal dEf").release();
        assertThat(unread("")).as("the topic was made anew").containsExactly(1L);
    }

    private boolean sees(ArchiveWatch watch) {
        return watch.archived(Leader.look(repository, Leader.NONE));
    }

    /** Also where it acknowledges more all the time, as it does here before each head. */
    @Test
    void aLivingWriterSaysThatWhatItHadAcknowledgedIsArchived() {
        WriterRole role = writer("a");
        AtomicLong acknowledged = new AtomicLong(7);
        role.acknowledging(acknowledged::getAndIncrement);
        archived(role, 6);
        ArchiveWatch watch = new ArchiveWatch(Leader.look(repository, Leader.NONE));
        assertThat(sees(watch)).as("a head of before the look").isFalse();
        archived(role, 7);
        assertThat(sees(watch)).as("it had acknowledged 8 by then").isFalse();
        archived(role, 8);
        assertThat(sees(watch)).isTrue();
        assertThat(unread("")).containsExactly(1L);
        assertThat(UnreadLogs.of(now(), "", Set.of(1L))).isEmpty();
    }

    private static void archived(WriterRole role, long seq) {
        Provenance at = role.head().at();
        role.putHead(
                new Provenance(at.timeline(), seq, at.epoch(), at.timeMicros(), at.chain(), at.digest()),
                role.head().segmentHash(),
                0,
                0);
    }

    @Test
    void aWriterThatDoesNotSayWhatItAcknowledgesOrTookOverProvesNothing() {
        WriterRole role = writer("a");
        ArchiveWatch silent = new ArchiveWatch(Leader.look(repository, Leader.NONE));
        role.heartbeat();
        assertThat(sees(silent)).isFalse();
        ArchiveWatch fenced = new ArchiveWatch(Leader.look(repository, Leader.NONE));
        writer("b").release();
        assertThat(sees(fenced)).isFalse();
        role.release();
        assertThat(sees(silent)).as("the newest is another").isFalse();
    }

    @Test
    void aWriterWithoutAHotLogAcknowledgesNothingElsewhere() {
        writer("");
        assertThat(unread("")).isEmpty();
    }
}
