package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import io.metawal.connectors.etcd.RandomEtcd.PutBack;
import io.metawal.connectors.etcd.rpc.EtcdVersion;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One random history of an etcd and its captures, compared with etcd itself. */
final class EtcdHistoryCase implements AutoCloseable {
    private static final int STEPS = 25;
    private static final List<PutBack> PUT_BACKS = List.of(PutBack.values());
    /** As many revisions as are proof where they are reported again. */
    private static final int MANY_REVISIONS = 40;
    /** So large that a reconnect compares no more than {@link #MANY_REVISIONS} of them. */
    private static final int LARGE_BYTES = 110_000;

    /** What happens at the beginning of the first capture, on a calm network. */
    enum Episode {
        /** etcd is put back and grows past the captured revision unseen: only what the watch reports again differs. */
        PUT_BACK,
        /** The same, and all that the watch reports again is as before: only the raft term is another. */
        WRITTEN_AGAIN,
        /** A watch of all keys leaves out an answer (etcd issues 17529, 17780): only the revisions have a hole. */
        LEFT_OUT,
        /** A watch of a prefix loses a deletion to a compaction (18089, 19179): only the compaction shows. */
        SWALLOWED,
        /** A member joins, and the one that was captured leaves: nothing is wrong. */
        MEMBER_REPLACED,
        /** etcd is put back and grows between two captures. */
        PUT_BACK_WHILE_STOPPED
    }

    private final RandomGenerator random;
    private final Episode episode;
    private final String prefix;
    private final RandomEtcd etcd;
    private final RandomNetwork network;
    private final EtcdOptions options;
    private final FoldingSink sink = new FoldingSink();
    private final List<String> steps = new ArrayList<>();

    EtcdHistoryCase(RandomGenerator random, Episode episode, Path directory) throws InterruptedException {
        this.random = random;
        this.episode = episode;
        List<ServerEntry> versions = ServerCatalog.etcdVersions();
        ServerEntry any = versions.get(random.nextInt(versions.size()));
        String either = random.nextBoolean() ? "/p/" : "";
        this.prefix = episode == Episode.SWALLOWED ? "/p/" : episode == Episode.LEFT_OUT ? "" : either;
        ServerEntry version = episode == Episode.SWALLOWED ? ServerCatalog.ETCD : any;
        this.etcd = new RandomEtcd(random, version, prefix, directory, steps);
        this.network = new RandomNetwork(random, etcd.port(), steps);
        this.options = EtcdOptions.parse("etcd://" + network.endpoint())
                .withObserveMillis(30)
                .withPrefix(EtcdDriver.bytes(prefix));
    }

    void run() throws InterruptedException {
        etcd.write(3);
        Episode now = episode;
        try {
            for (int captures = 2 + random.nextInt(2); captures > 0; captures--) {
                steps.add("capture " + etcd.version() + prefix);
                Episode here = now;
                now = null;
                Capture.during(options, sink, capture -> captured(capture, here));
                steps.add("stopped");
                if (here == Episode.PUT_BACK_WHILE_STOPPED) {
                    putBackUnseen(PutBack.AS_IT_WAS);
                }
                change(random.nextInt(3));
            }
        } catch (SourceChangedException forTheOperator) {
            steps.add(forTheOperator.getMessage());
            // It is the same cluster always, by its id.
            assertThat(forTheOperator).as(steps::toString).hasMessageNotContaining("is etcd cluster");
            assertThat(etcd.model().incarnations()).as(steps::toString).isGreaterThan(1);
        } catch (AssertionError e) {
            throw new AssertionError(steps + ": " + e.getMessage(), e);
        }
        assertThat(etcd.model().wrong(sink.commits())).as(steps::toString).isEmpty();
    }

    private void captured(Capture capture, @Nullable Episode here) throws InterruptedException {
        if (here != null) {
            capture.awaitObserved(sink);
            steps.add(here.toString());
            happen(capture, here);
            calm(capture);
        }
        change(STEPS / 2 + random.nextInt(STEPS));
        calm(capture);
    }

    /** Nothing disturbs the capture any more: it has what etcd has, and nothing that is wrong. */
    private void calm(Capture capture) throws InterruptedException {
        network.calm();
        long last = etcd.write(1);
        capture.awaitObserved(sink);
        assertThat(sink.epoch()).as(steps::toString).isEqualTo(last);
        assertThat(etcd.model().wrong(sink.commits())).as(steps::toString).isEmpty();
        SameAsEtcd.now(sink, etcd.driver(), prefix);
    }

    private void happen(Capture capture, Episode here) throws InterruptedException {
        switch (here) {
            case PUT_BACK -> {
                etcd.save();
                // With a prefix, etcd's own hash is no proof: it takes many revisions.
                etcd.write(prefix.isEmpty() ? 1 + random.nextInt(6) : MANY_REVISIONS);
                capture.awaitObserved(sink);
                putBackUnseen(PutBack.AS_IT_WAS);
                foundIn(capture);
            }
            case WRITTEN_AGAIN -> writtenAgain(capture);
            case LEFT_OUT -> {
                network.leaveOut(answer -> answer.getEventsCount() > 0);
                etcd.write(3);
            }
            case SWALLOWED -> swallowed(capture);
            case MEMBER_REPLACED -> memberReplaced();
            case PUT_BACK_WHILE_STOPPED -> {
                etcd.save();
                etcd.write(1 + random.nextInt(3));
            }
        }
    }

    private void putBackUnseen(PutBack how) throws InterruptedException {
        long before = etcd.model().newest();
        network.hold();
        etcd.putBack(how);
        etcd.growPast(before);
        network.cutAndRelease();
    }

    /** Of all that was captured, only what is older than what is compared was written in another way. */
    private void writtenAgain(Capture capture) throws InterruptedException {
        etcd.restart();
        etcd.write(1);
        capture.awaitObserved(sink);
        etcd.save();
        writeLarge("as captured");
        capture.awaitObserved(sink);
        network.hold();
        etcd.putBack(PutBack.AS_IT_WAS);
        writeLarge("as it is");
        etcd.write(1);
        network.cutAndRelease();
        foundIn(capture);
    }

    /** That etcd was put back is in the log before anything else happens. */
    private void foundIn(Capture capture) throws InterruptedException {
        calm(capture);
        assertThat(sink.commits().stream().map(commit -> commit.body().gapReason()))
                .as(steps::toString)
                .anyMatch(reason -> reason.contains("another history"));
    }

    private void writeLarge(String first) throws InterruptedException {
        etcd.put("/p/0", first);
        for (int i = 0; i < MANY_REVISIONS; i++) {
            etcd.put("/p/large", Character.toString('A' + i).repeat(LARGE_BYTES));
        }
    }

    /** As etcds do it that lose a deletion to a compaction. From others none is taken. */
    private void swallowed(Capture capture) throws InterruptedException {
        etcd.put("/p/swallowed", "there");
        capture.awaitObserved(sink);
        if (!EtcdVersion.parse(etcd.version()).catchesUpCompletely()) {
            network.leaveOut(EtcdHistoryCase::deletes);
        }
        etcd.compact(etcd.delete("/p/swallowed"));
        etcd.write(2);
    }

    private static boolean deletes(WatchResponse answer) {
        return answer.getEventsList().stream().anyMatch(event -> event.getType() == Event.EventType.DELETE);
    }

    private void memberReplaced() throws InterruptedException {
        try {
            etcd.replaceMember(() -> network.target(etcd.port()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void change(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(13)) {
                case 0 -> {
                    network.cut();
                    if (random.nextBoolean()) {
                        RandomNetwork.pause(random.nextInt(60));
                        etcd.compactNearTheEnd();
                    }
                }
                case 1 -> network.delayBytes();
                case 2 -> network.delayAnswers();
                case 3 -> network.holdPerhapsForAMoment();
                case 4, 5, 6 -> etcd.compactNearTheEnd();
                case 7 -> replace();
                default -> etcd.write(1 + random.nextInt(4));
            }
            RandomNetwork.pause(random.nextInt(40));
        }
    }

    private void replace() throws InterruptedException {
        int what = random.nextInt(4);
        if (what == 0 && etcd.replaceable()) {
            etcd.save();
        } else if (what == 1 || !etcd.saved() || !etcd.replaceable()) {
            etcd.restart();
        } else {
            PutBack how = PUT_BACKS.get(random.nextInt(PUT_BACKS.size()));
            if (random.nextInt(4) > 0) {
                putBackUnseen(how);
            } else {
                etcd.putBack(how);
                network.cutAndRelease();
            }
        }
    }

    @Override
    public void close() {
        network.close();
        etcd.close();
    }
}
