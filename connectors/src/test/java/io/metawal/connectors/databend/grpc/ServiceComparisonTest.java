package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.grpc.SameAsServer.Plain;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.testkit.databend.DatabendServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I12: a service whose rules are not those of the replay, so that every export agrees with what is wrong. */
class ServiceComparisonTest {
    @TempDir
    Path scratch;

    private final ManualClock clock = new ManualClock();
    private final DatabendServer server = DatabendServer.start(1, clock);
    private final DatabendOptions options =
            DatabendOptions.parse(server.url()).withExportMillisMin(5).withObserveMillis(20);
    private final FoldingSink sink = new FoldingSink();

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(String key, String value) {
        clock.tick(1);
        server.put(key, ByteString.copyFromUtf8(value));
    }

    private static void await(java.util.function.BooleanSupplier until) throws InterruptedException {
        for (int i = 0; i < 2000 && !until.getAsBoolean(); i++) {
            Thread.sleep(5);
        }
        assertThat(until.getAsBoolean()).isTrue();
    }

    private List<Commit> gaps() {
        return sink.commits().stream()
                .filter(commit -> commit.header().afterGap())
                .toList();
    }

    private Map<String, Plain> captured() {
        Map<String, Plain> records = new TreeMap<>();
        try (MemoryImage image = image();
                ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (DatabendSpaces.holdsRecords(entry.entryKey().space())) {
                    records.put(entry.entryKey().key().toStringUtf8(), SameAsServer.plain(entry));
                }
            }
        }
        return records;
    }

    private MemoryImage image() {
        MemoryImage image = new MemoryImage();
        sink.commits().forEach(image::apply);
        return image;
    }

    @Test
    void whatNoEntryTellsOfIsAGapAndComesFromTheServicesOwnList() throws InterruptedException {
        put("__fd_table/1/a", "1");
        put("__fd_table/1/b", "1");
        LiveCapture.during(options, sink, running -> {
            sink.awaitEpoch(server.last());
            server.putUnsaid("__fd_table/1/b", ByteString.copyFromUtf8("other"));
            server.putUnsaid("__fd_table/1/unsaid", ByteString.copyFromUtf8("x"));
            put("__fd_table/1/c", "1");
            await(() -> !gaps().isEmpty());
        });
        Commit gap = gaps().get(0);
        SourceDifference found = SourceDifference.parse(gap.body().gapReason()).orElseThrow();
        // b, the unsaid one, c under another seq, and the counter.
        assertThat(found.keys()).isEqualTo(4);
        assertThat(gap.epoch()).isEqualTo(server.last());
        assertThat(captured()).isEqualTo(SameAsServer.plain(server.now()));
        // From here on it is right again.
        LiveCapture.during(options, sink, running -> {
            put("__fd_table/1/d", "1");
            sink.awaitEpoch(server.last());
        });
        assertThat(captured()).isEqualTo(SameAsServer.plain(server.now()));
        assertThat(gaps()).hasSize(1);
    }

    @Test
    void aLiveRestoreBelievesNoReplayThatTheServiceContradicts() throws InterruptedException {
        put("__fd_table/1/a", "1");
        LiveCapture.during(options, sink, running -> sink.awaitEpoch(server.last()));
        server.putUnsaid("__fd_table/1/a", ByteString.copyFromUtf8("newer"));
        long seq = server.seq();
        assertThatThrownBy(this::restore)
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("is not what it lists: 2 entries")
                .hasMessageContaining("__fd_table/1/a (another value)")
                .hasMessageContaining("Nothing was written");
        assertThat(server.seq()).isEqualTo(seq);
    }

    /** What was not written is read back too: nothing differs at first. */
    @Test
    void whatChangesBesideTheRestoreIsSeenWhenItIsReadBack() throws InterruptedException {
        put("__fd_table/1/a", "1");
        put("__fd_table/1/b", "1");
        LiveCapture.during(options, sink, running -> sink.awaitEpoch(server.last()));
        try (MemoryImage image = image();
                ImageView view = image.view();
                EntryIterator entries = view.entries();
                DatabendLiveTarget target = new DatabendLiveTarget(options, clock, scratch)) {
            RestorePoint point = new RestorePoint("test", image.provenance());
            target.check(point);
            target.prepare(point);
            entries.forEachRemaining(target::write);
            server.putUnsaid("__fd_table/1/b", ByteString.copyFromUtf8("newer"));
            assertThatThrownBy(target::publish)
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("does not hold the records of the point");
        }
        assertThat(Objects.requireNonNull(server.now().get("__fd_table/1/b")).value())
                .isEqualTo(ByteString.copyFromUtf8("newer"));
    }

    /** Its log is shorter than what is captured: nothing is waited for. */
    @Test
    void aServiceThatWasPutBackIsNoticedAtOnce() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            put("__fd_table/1/" + i, "1");
        }
        LiveCapture.during(options, sink, running -> {
            sink.awaitEpoch(server.last());
            int commits = sink.commits().size();
            server.goBack(10, server.term() + 1);
            assertThat(running.failure())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("ends at index 11 of term 2, and what is captured at index 21 of term 1");
            assertThat(sink.commits()).hasSize(commits);
        });
    }

    /** A leader of an earlier term may be cut off: no word of its counts, until the others are heard. */
    @Test
    void aLeaderOfAnEarlierTermThatIsBehindTellsNothing() throws InterruptedException {
        server.elect(1);
        server.elect(1);
        for (int i = 0; i < 20; i++) {
            put("__fd_table/1/" + i, "1");
        }
        LiveCapture.during(options, sink, running -> sink.awaitEpoch(server.last()));
        server.goBack(10, 2);
        LiveCapture.during(options, sink, running -> {
            long observed = sink.observedMicros();
            for (int i = 0; i < 40; i++) {
                Thread.sleep(5);
            }
            assertThat(sink.observedMicros()).isEqualTo(observed);
        });
    }

    private void restore() throws InterruptedException {
        try (MemoryImage image = image();
                DatabendLiveTarget target = new DatabendLiveTarget(options, clock, scratch)) {
            RestorePoint point = new RestorePoint("test", image.provenance());
            target.check(point);
            target.prepare(point);
        }
    }
}
