package io.metawal.metadata.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MetawalException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitRecordTest {
    private static final CommitBody BODY = new CommitBody(
            "root",
            "append",
            ByteString.copyFromUtf8("@7"),
            "",
            List.of(
                    Change.put(
                            EntryKey.of("catalog.table", "1001"),
                            ByteString.copyFromUtf8("t"),
                            ByteString.copyFromUtf8("{\"v\":1}")),
                    Change.delete(EntryKey.of("user.info", "7")),
                    Change.put(EntryKey.of("catalog.table", ""), ByteString.EMPTY)));

    private static CommitRecord record() {
        return CommitRecord.write(Position.START.next(7, 1_000_000), CommitKind.DATA, BODY);
    }

    @Test
    void readsWhatItWrote() {
        CommitRecord record = record();
        CommitRecord read = CommitRecord.read(record.array(), 0, record.length(), "test");
        assertThat(read.commit().body()).isEqualTo(BODY);
        assertThat(read.header()).isEqualTo(record.header());
        assertThat(read.header().changeCount()).isEqualTo(3);
        assertThat(read.follows(Chain.GENESIS)).isTrue();
        assertThat(read.follows(record.chain())).isFalse();
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] good = record().array();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            int at = bit;
            assertThatThrownBy(() -> CommitRecord.read(bad, 0, bad.length, "file x"))
                    .as("bit %d", at)
                    .isInstanceOf(MetawalException.class)
                    .hasMessageContaining("file x");
        }
    }

    @Test
    void everyTruncationIsFound() {
        byte[] good = record().array();
        for (int length = 0; length < good.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> CommitRecord.read(good, 0, cut, "file x"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("found");
        }
    }

    @Test
    void epochAndTimeNeverFall() {
        Position at = new Position(1, 5, 9, 500, Chain.GENESIS);
        assertThat(at.next(3, 100))
                .isEqualTo(new CommitRecord.Place(1, 6, new CommitClocks(9, 500, 499, 100), Chain.GENESIS));
        assertThat(at.next(CommitDraft.ABSENT, 900).clocks().timeMicros()).isEqualTo(900);
    }
}
