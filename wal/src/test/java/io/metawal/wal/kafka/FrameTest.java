package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.seed.Seeded;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in a topic, read back; without a broker. */
class FrameTest {
    private static final UUID WRITER = new UUID(3, 4);
    private static final KafkaLogConfig CONFIG = KafkaLogConfig.of(
            KafkaUrl.parse("kafka://nowhere:1/t"), "cluster-1", Position.START, InstantSource.system());

    private final Drafts drafts = new Drafts(Seeded.random(7));

    /** A claim, and a transaction of two commits, the second in two pieces. */
    private List<byte[]> values() {
        CommitRecord first = record(Position.START);
        CommitRecord second = record(Position.of(first));
        int half = second.length() / 2;
        List<byte[]> values = new ArrayList<>();
        values.add(new Frame.Claim(WRITER, "cluster-1").write());
        values.add(new Frame.Mark(Position.START, "cluster-1", false).write());
        values.add(Frame.Piece.write(first, 0, first.length()));
        values.add(Frame.Piece.write(second, 0, half));
        values.add(Frame.Piece.write(second, half, second.length() - half));
        return values;
    }

    private CommitRecord record(Position before) {
        CommitDraft draft = drafts.next();
        return CommitRecord.write(before.next(draft.epoch(), 5), draft.kind(), draft.body());
    }

    private static LogState fold(List<byte[]> values) {
        LogState state = new LogState(CONFIG, null);
        for (int offset = 0; offset < values.size(); offset++) {
            state.take(offset, values.get(offset));
        }
        state.checkEnd();
        return state;
    }

    @Test
    void whatWasWrittenIsRead() {
        LogState state = fold(values());
        Position end = state.end();
        assertThat(end).isNotNull();
        assertThat(end == null ? 0 : end.seq()).isEqualTo(2);
        assertThat(state.writer()).isEqualTo(WRITER);
        assertThat(state.origin()).isEqualTo(Position.START);
        assertThat(state.index().near(2)).isEqualTo(1);
    }

    @Tag("slow")
    @Test
    void everyBitCounts() {
        List<byte[]> values = values();
        for (byte[] value : values) {
            for (int at = 0; at < value.length; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    value[at] ^= (byte) (1 << bit);
                    assertThatThrownBy(() -> fold(values))
                            .as("bit " + bit + " of byte " + at)
                            .isInstanceOfSatisfying(
                                    MetawalException.class,
                                    e -> assertThat(e.code()).isIn(ExitCode.CORRUPT, ExitCode.UNSUPPORTED_FORMAT));
                    value[at] ^= (byte) (1 << bit);
                }
            }
        }
        fold(values);
    }

    @Test
    void aValueThatIsCutShortIsNoticed() {
        List<byte[]> values = values();
        for (int n = 0; n < values.size(); n++) {
            byte[] whole = values.get(n);
            for (int length = 0; length < whole.length; length++) {
                values.set(n, java.util.Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> fold(values)).isInstanceOf(MetawalException.class);
            }
            values.set(n, whole);
        }
    }

    @Test
    void aTransactionThatGoesOnElsewhereIsNoticed() {
        List<byte[]> values = values();
        values.add(new Frame.Mark(Position.START, "cluster-1", false).write());
        assertThatThrownBy(() -> fold(values))
                .hasMessageContaining("t at offset 5")
                .hasMessageContaining("expected seq 2");
    }
}
