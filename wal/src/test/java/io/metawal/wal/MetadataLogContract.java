package io.metawal.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every log promises. */
public abstract class MetadataLogContract {
    /** A new log that goes on from here and holds at most so many bytes. */
    protected abstract MetadataLog open(Position start, long bytesMax);

    private final Drafts drafts = new Drafts(Seeded.random(3));

    private List<CommitHeader> append(MetadataLog log, int commits) {
        List<CompletableFuture<CommitHeader>> futures = new ArrayList<>();
        for (int n = 0; n < commits; n++) {
            futures.add(log.append(drafts.next()));
        }
        return futures.stream().map(CompletableFuture::join).toList();
    }

    /** Reads everything and checks that it is one dense, chained history. */
    protected static List<CommitRecord> readAll(MetadataLog log, Position before) {
        List<CommitRecord> records = new ArrayList<>();
        Position at = before;
        try (LogReader reader = log.read(before.seq() + 1)) {
            for (CommitRecord record = reader.poll(); record != null; record = reader.poll()) {
                assertThat(record.seq()).isEqualTo(at.seq() + 1);
                assertThat(record.follows(at.chain())).isTrue();
                assertThat(record.epoch()).isGreaterThanOrEqualTo(at.epoch());
                assertThat(record.timeMicros()).isGreaterThanOrEqualTo(at.timeMicros());
                at = Position.of(record);
                records.add(record);
            }
        }
        assertThat(log.head()).isEqualTo(at);
        return records;
    }

    @Test
    void seqsAreDenseAndClocksNeverFall() {
        try (MetadataLog log = open(Position.START, Long.MAX_VALUE)) {
            List<CommitHeader> headers = append(log, 300);
            assertThat(readAll(log, Position.START).stream().map(CommitRecord::header))
                    .isEqualTo(headers);
        }
    }

    @Test
    void anAbsentEpochIsTheOneBefore() {
        try (MetadataLog log = open(Position.START, Long.MAX_VALUE)) {
            CommitDraft draft = drafts.next();
            log.append(CommitDraft.of(9, 1000, draft.body())).join();
            CommitHeader second = log.append(CommitDraft.of(CommitDraft.ABSENT, CommitDraft.ABSENT, draft.body()))
                    .join();
            assertThat(second.epoch()).isEqualTo(9);
            assertThat(second.timeMicros()).isGreaterThan(1000);
        }
    }

    @Test
    protected void itGoesOnFromWhereItWasToldTo() {
        Position start = new Position(3, 41, 7, 900, io.metawal.metadata.commit.Chain.GENESIS);
        try (MetadataLog log = open(start, Long.MAX_VALUE)) {
            assertThat(log.firstSeq()).isEqualTo(42);
            append(log, 5);
            List<CommitRecord> records = readAll(log, start);
            assertThat(records).hasSize(5);
            assertThat(records.get(0).timeline()).isEqualTo(3);
        }
    }

    @Test
    void severalReadersAndWritersAtOnce() throws InterruptedException {
        int writers = 8;
        int each = 200;
        try (MetadataLog log = open(Position.START, Long.MAX_VALUE)) {
            CountDownLatch done = new CountDownLatch(writers + 2);
            for (int w = 0; w < writers; w++) {
                Drafts own = new Drafts(Seeded.random(w));
                new Thread(() -> {
                            long last = 0;
                            for (int n = 0; n < each; n++) {
                                long seq = log.append(own.next()).join().seq();
                                assertThat(seq).isGreaterThan(last);
                                last = seq;
                            }
                            done.countDown();
                        })
                        .start();
            }
            List<List<Long>> read = List.of(new ArrayList<>(), new ArrayList<>());
            for (List<Long> seqs : read) {
                new Thread(() -> {
                            try (LogReader reader = log.read(1)) {
                                while (seqs.size() < writers * each) {
                                    CommitRecord record = reader.poll();
                                    if (record != null) {
                                        seqs.add(record.seq());
                                    }
                                }
                            }
                            done.countDown();
                        })
                        .start();
            }
            done.await();
            assertThat(read.get(0))
                    .isEqualTo(read.get(1))
                    .hasSize(writers * each)
                    .isSorted();
            assertThat(readAll(log, Position.START)).hasSize(writers * each);
        }
    }

    @Test
    void readingOutsideIsRefused() {
        try (MetadataLog log = open(Position.START, Long.MAX_VALUE)) {
            append(log, 3);
            assertThatThrownBy(() -> log.read(0)).hasMessageContaining("seq 1 to 3");
            assertThatThrownBy(() -> log.read(5)).hasMessageContaining("seq 1 to 3");
            try (LogReader reader = log.read(4)) {
                assertThat(reader.poll()).isNull();
                append(log, 1);
                CommitRecord fourth = reader.poll();
                assertThat(fourth).isNotNull();
            }
        }
    }

    @Test
    void aFullLogRefusesAndTakesAgainOnceTrimmed() {
        try (MetadataLog log = open(Position.START, 60_000)) {
            assertThatThrownBy(() -> append(log, 100_000)).isInstanceOf(LogFullException.class);
            long held = log.bytesOnDisk();
            assertThat(held).isLessThanOrEqualTo(60_000);
            while (log.bytesOnDisk() >= held) {
                // What was in flight when the bound was met is written still, and then there is something to trim.
                log.trimBefore(log.head().seq() + 1);
            }
            assertThat(log.bytesOnDisk()).isLessThanOrEqualTo(60_000);
            append(log, 1);
        }
    }

    @Test
    void aClosedLogTakesNothing() {
        MetadataLog log = open(Position.START, Long.MAX_VALUE);
        append(log, 2);
        log.close();
        assertThatThrownBy(() -> log.append(drafts.next())).isInstanceOf(IllegalStateException.class);
    }
}
