package io.metawal.connectors.databend.entry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.MonotonicForm;
import io.metawal.metadata.port.MonotonicForms;
import java.util.List;
import org.junit.jupiter.api.Test;

/** I7: what Databend only ever raises, in the middle of a message. */
class DatabendMonotonicTest {
    private static final SequenceMessage UP = new SequenceMessage("2026-01-01 00:00:00.5 UTC", 1, 10, 0);
    private static final String SEQUENCE = "__fd_sequence/t/s";

    private final DatabendMonotonic form = new DatabendMonotonic();

    private static Entry entry(String key, ByteString value) {
        return new KvRecord(7, RecordMeta.EMPTY, value).entry(ByteString.copyFromUtf8(key));
    }

    private static Entry sequence(SequenceMessage message) {
        return entry(SEQUENCE, message.bytes());
    }

    private ByteString forward(SequenceMessage point, SequenceMessage... later) {
        Entry known = sequence(later[0]);
        for (SequenceMessage each : later) {
            known = form.known(known, sequence(each));
        }
        return form.forward(sequence(point), known).value();
    }

    @Test
    void it_is_found_for_its_keys_alone() {
        for (String key : List.of(SEQUENCE, "__fd_table_lvt/9", "__fd_vacuum_watermark_ts/t")) {
            assertThat(MonotonicForms.of(entry(key, ByteString.EMPTY).entryKey()))
                    .as(key)
                    .containsInstanceOf(DatabendMonotonic.class);
        }
        for (String key : List.of("__fd_sequence_storage/t/s", "__fd_id_gen/table_id", "__fd_table/1/t")) {
            assertThat(MonotonicForms.of(entry(key, ByteString.EMPTY).entryKey()))
                    .as(key)
                    .isEmpty();
        }
    }

    @Test
    void a_sequence_continues_from_the_furthest_number() {
        assertThat(forward(UP, UP.at(17), UP.at(25), UP.at(12)))
                .isEqualTo(UP.at(25).bytes());
        assertThat(forward(UP.at(30), UP.at(25))).isEqualTo(UP.at(30).bytes());
        // Without sign: a sequence may go beyond what a signed number holds.
        assertThat(forward(UP.at(Long.MAX_VALUE), UP.at(Long.MIN_VALUE)))
                .isEqualTo(UP.at(Long.MIN_VALUE).bytes());
        assertThat(forward(UP.at(0), UP.at(3)))
                .as("a number that is not written")
                .isEqualTo(UP.at(3).bytes());
    }

    @Test
    void one_that_counts_down_continues_downwards() {
        SequenceMessage down = new SequenceMessage(UP.created(), -3, 10, 0);
        assertThat(forward(down, down.at(7), down.at(4), down.at(9)))
                .isEqualTo(down.at(4).bytes());
        assertThat(forward(down, down.at(1), down.at(-2))).isEqualTo(down.at(-2).bytes());
        assertThat(forward(down.at(-5), down.at(1))).isEqualTo(down.at(-5).bytes());
    }

    /** Another sequence of the name has its own numbers; the one of the point is found again among all of them. */
    @Test
    void one_that_was_created_again_is_another() {
        SequenceMessage other = new SequenceMessage("2026-02-02 00:00:00 UTC", 1, 1000, 0);
        assertThat(forward(UP, other)).isEqualTo(UP.bytes());
        assertThat(forward(UP, other, UP.at(25), other.at(1010)))
                .isEqualTo(UP.at(25).bytes());
        assertThat(forward(other.at(1001), UP.at(25), other.at(1010), UP.at(26)))
                .isEqualTo(other.at(1010).bytes());
    }

    @Test
    void a_sequence_that_counts_elsewhere_and_what_is_none_stay() {
        SequenceMessage elsewhere = new SequenceMessage(UP.created(), 1, 10, 1);
        assertThat(forward(elsewhere, elsewhere.at(99))).isEqualTo(elsewhere.bytes());
        Entry junk = entry(SEQUENCE, ByteString.copyFromUtf8("\u0001junk"));
        assertThat(form.forward(junk, sequence(UP))).isEqualTo(junk);
        assertThat(form.forward(sequence(UP), form.known(junk, junk))).isEqualTo(sequence(UP));
    }

    @Test
    void a_compressed_value_stays_compressed() {
        Entry point = entry(SEQUENCE, SequenceMessage.compressed(UP.bytes()));
        ByteString written = form.forward(point, sequence(UP.at(25))).value();
        assertThat(written.substring(0, 4)).isEqualTo(ByteString.copyFrom(new byte[] {0x0f, 1, 0, 0}));
        assertThat(PackedValue.plain(written, 1000)).isEqualTo(UP.at(25).bytes());
        assertThat(form.forward(
                        sequence(UP),
                        entry(SEQUENCE, SequenceMessage.compressed(UP.at(25).bytes()))))
                .isEqualTo(sequence(UP.at(25)));
    }

    @Test
    void the_kept_line_of_an_unusual_record_does_not_bring_the_old_number_back() {
        KvRecord record = new KvRecord(7, RecordMeta.EMPTY, UP.bytes(), "[\"state_machine/0\",{}]");
        Entry written = form.forward(record.entry(ByteString.copyFromUtf8(SEQUENCE)), sequence(UP.at(25)));
        assertThat(KvRecord.of(written).line()).isNull();
        assertThat(KvRecord.of(written).seq()).isEqualTo(7);
    }

    @Test
    void a_margin_is_steps() {
        SequenceMessage down = new SequenceMessage(UP.created(), -3, 10, 0);
        assertThat(form.plus(sequence(UP), 5)).isEqualTo(sequence(UP.at(15)));
        assertThat(form.plus(sequence(down), 5)).isEqualTo(sequence(down.at(-5)));
    }

    @Test
    void times_only_rise() {
        for (String key : List.of("__fd_table_lvt/9", "__fd_vacuum_watermark_ts/t")) {
            Entry point = entry(key, SequenceMessage.time("2026-01-01 00:00:00 UTC"));
            Entry later = entry(key, SequenceMessage.time("2026-01-01 00:00:00.25 UTC"));
            Entry last = entry(key, SequenceMessage.time("2026-03-01 00:00:00 UTC"));
            assertThat(form.forward(point, form.known(form.known(later, last), later)))
                    .isEqualTo(last);
            assertThat(form.forward(last, later)).isEqualTo(last);
            assertThat(form.forward(point, later)).isEqualTo(later);
            assertThat(form.plus(point, 5)).isEqualTo(point);
            assertThat(form.later(point.entryKey())).isEqualTo(MonotonicForm.Later.WRITTEN);
        }
        assertThat(form.later(sequence(UP).entryKey())).isEqualTo(MonotonicForm.Later.LEFT_OUT);
    }
}
