package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.SequenceMessage;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.databend.DatabendServer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running service keeps though the point is older, and what goes by itself. */
class LiveRulesTest {
    private static final SequenceMessage UP = new SequenceMessage("2026-01-01 00:00:00 UTC", 1, 10, 0);
    private static final SequenceMessage DOWN = new SequenceMessage("2026-01-01 00:00:00 UTC", -1, 10, 0);

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

    private void put(String key, ByteString value) {
        clock.tick(1);
        server.put(key, value);
    }

    private long captured() throws InterruptedException {
        LiveCapture.during(options, sink, running -> sink.awaitEpoch(server.last()));
        return server.last();
    }

    private RestoreReport restore(long index) throws InterruptedException {
        try (MemoryImage image = new MemoryImage()) {
            sink.commits().stream()
                    .filter(commit -> commit.epoch() <= index)
                    .forEach((Commit commit) -> image.apply(commit));
            RestorePoint point = new RestorePoint("test", image.provenance());
            try (DatabendLiveTarget target = new DatabendLiveTarget(options, clock, scratch);
                    ImageView view = image.view();
                    EntryIterator entries = view.entries()) {
                target.check(point);
                target.prepare(point);
                entries.forEachRemaining(target::write);
                return target.publish();
            }
        }
    }

    private ByteString value(String key) {
        return Objects.requireNonNull(server.find(key), key).value();
    }

    @Test
    void sequences_go_on_from_where_the_service_has_them() throws InterruptedException {
        put("__fd_sequence/t/up", UP.bytes());
        put("__fd_sequence/t/down", DOWN.bytes());
        put("__fd_sequence/t/packed", SequenceMessage.compressed(UP.bytes()));
        put("__fd_sequence/t/dropped", UP.at(3).bytes());
        SequenceMessage again = new SequenceMessage("2026-05-05 00:00:00 UTC", 1, 1, 0);
        put("__fd_sequence/t/again", UP.at(5).bytes());
        long point = captured();
        put("__fd_sequence/t/up", UP.at(17).bytes());
        put("__fd_sequence/t/down", DOWN.at(-4).bytes());
        put("__fd_sequence/t/packed", SequenceMessage.compressed(UP.at(17).bytes()));
        server.delete("__fd_sequence/t/dropped");
        put("__fd_sequence/t/again", again.bytes());
        put("__fd_sequence/t/created", UP.bytes());
        captured();
        assertThat(restore(point).skipped()).isZero();
        assertThat(value("__fd_sequence/t/up")).isEqualTo(UP.at(17).bytes());
        assertThat(value("__fd_sequence/t/down")).isEqualTo(DOWN.at(-4).bytes());
        assertThat(value("__fd_sequence/t/packed"))
                .isEqualTo(SequenceMessage.compressed(UP.at(17).bytes()));
        assertThat(value("__fd_sequence/t/dropped")).isEqualTo(UP.at(3).bytes());
        assertThat(value("__fd_sequence/t/again")).isEqualTo(UP.at(5).bytes());
        assertThat(server.find("__fd_sequence/t/created")).isNull();
    }

    @Test
    void what_vacuum_has_deleted_stays_known() throws InterruptedException {
        ByteString january = SequenceMessage.time("2026-01-01 00:00:00 UTC");
        ByteString march = SequenceMessage.time("2026-03-01 00:00:00 UTC");
        put("__fd_table_lvt/1", january);
        put("__fd_table_lvt/3", march);
        long point = captured();
        put("__fd_table_lvt/1", march);
        put("__fd_table_lvt/2", january);
        put("__fd_vacuum_watermark_ts/t", march);
        server.delete("__fd_table_lvt/3");
        put("__fd_table/1/later", UP.bytes());
        captured();
        restore(point);
        assertThat(value("__fd_table_lvt/1")).isEqualTo(march);
        assertThat(value("__fd_table_lvt/2")).isEqualTo(january);
        assertThat(value("__fd_table_lvt/3")).isEqualTo(march);
        assertThat(value("__fd_vacuum_watermark_ts/t")).isEqualTo(march);
        assertThat(server.find("__fd_table/1/later")).isNull();
    }

    /** Nobody writes to the service, so that nothing cleans what has expired but the restore's own transaction. */
    @Test
    void what_has_expired_and_is_still_there_is_no_conflict() throws InterruptedException {
        put("__fd_table/1/t", ByteString.copyFromUtf8("old"));
        put("__fd_stage_files/t/s/replaced", ByteString.copyFromUtf8("lasting"));
        long point = captured();
        put("__fd_table/1/t", ByteString.copyFromUtf8("new"));
        server.putFor("__fd_table_copied_files/9999/f1", ByteString.copyFromUtf8("f"), 60_000);
        server.putFor("__fd_stage_files/t/s/replaced", ByteString.copyFromUtf8("expiring"), 60_000);
        captured();
        clock.tick(120_000);
        restore(point);
        assertThat(value("__fd_table/1/t")).isEqualTo(ByteString.copyFromUtf8("old"));
        assertThat(value("__fd_stage_files/t/s/replaced")).isEqualTo(ByteString.copyFromUtf8("lasting"));
        assertThat(server.find("__fd_table_copied_files/9999/f1")).isNull();
    }

    /** Before 1.2.770, a time in milliseconds is one in seconds, far away; before 1.2.828, a counter knows no least value. */
    @Test
    void an_older_release_is_written_to_in_its_own_words() throws InterruptedException {
        server.beRelease1_2_763();
        put("__fd_sequence_storage/t/s", ByteString.copyFromUtf8("7"));
        clock.tick(1000 - clock.millis() % 1000 - 1);
        server.putFor("__fd_table_copied_files/1/f", ByteString.copyFromUtf8("f"), 900_000 - 999);
        Long expires = Objects.requireNonNull(server.find("__fd_table_copied_files/1/f"))
                .expireAtMs();
        long point = captured();
        server.delete("__fd_table_copied_files/1/f");
        server.delete("__fd_sequence_storage/t/s");
        captured();
        restore(point);
        assertThat(Objects.requireNonNull(server.now().get("__fd_table_copied_files/1/f"))
                        .expireAtMs())
                .isEqualTo(expires);
        assertThat(Objects.requireNonNull(server.now().get("__fd_sequence_storage/t/s"))
                        .value())
                .isEqualTo(ByteString.copyFromUtf8("7"));
    }

    @Test
    void one_that_has_not_expired_is_deleted_all_the_same() throws InterruptedException {
        put("__fd_table/1/t", ByteString.copyFromUtf8("old"));
        long point = captured();
        server.putFor("__fd_table_copied_files/9999/f1", ByteString.copyFromUtf8("f"), 600_000);
        captured();
        restore(point);
        assertThat(server.find("__fd_table_copied_files/9999/f1")).isNull();
    }
}
