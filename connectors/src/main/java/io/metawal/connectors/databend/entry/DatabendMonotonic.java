package io.metawal.connectors.databend.entry;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.MonotonicForm;

/**
 * What Databend only ever raises though it is no plain counter:
 *
 * <ul>
 *   <li>{@code __fd_sequence/<tenant>/<name>}: the next number of a sequence (databend {@code sequence_nextval_impl.rs}, {@code next_val_v0})
 *   <li>{@code __fd_table_lvt/<table>}: the time before which a table's snapshots may be gone ({@code table_api.rs}, {@code set_table_lvt})
 *   <li>{@code __fd_vacuum_watermark_ts/<tenant>}: the time before which what was dropped may be gone ({@code garbage_collection_api.rs},
 *       {@code fetch_set_vacuum_timestamp})
 * </ul>
 *
 * The last two are messages whose field 1 is a time, {@code 2026-01-01 00:00:00.5 UTC}; they stay even where the point has none yet, for
 * the files that they speak of are gone.
 */
public final class DatabendMonotonic implements MonotonicForm {
    private static final String SEQUENCE = "id.__fd_sequence";
    private static final String LEAST_VISIBLE_TIME = "id.__fd_table_lvt";
    private static final String VACUUM_WATERMARK = "id.__fd_vacuum_watermark_ts";
    private static final int TIME = 1;
    private static final int BYTES_MAX = 1 << 16;

    @Override
    public boolean fits(EntryKey key) {
        String space = key.space().name();
        return space.equals(SEQUENCE) || space.equals(LEAST_VISIBLE_TIME) || space.equals(VACUUM_WATERMARK);
    }

    private static boolean sequence(EntryKey key) {
        return key.space().name().equals(SEQUENCE);
    }

    @Override
    public Entry known(Entry earlier, Entry later) {
        return sequence(earlier.entryKey())
                ? with(earlier, Sequences.known(earlier.value(), later.value()))
                : laterTime(earlier, later);
    }

    @Override
    public Entry forward(Entry point, Entry known) {
        return sequence(point.entryKey())
                ? with(point, Sequences.forward(point.value(), known.value()))
                : laterTime(point, known);
    }

    /** The times are text of one form, so that their order is that of their bytes. */
    private static Entry laterTime(Entry first, Entry other) {
        return time(other).compareTo(time(first)) > 0 ? other : first;
    }

    private static String time(Entry entry) {
        return MessageFields.of(PackedValue.plain(entry.value(), BYTES_MAX))
                .map(fields -> fields.text(TIME))
                .orElse("");
    }

    @Override
    public Entry plus(Entry entry, long margin) {
        return sequence(entry.entryKey())
                ? with(
                        entry,
                        SequenceValue.of(entry.value())
                                .map(value -> value.plus(margin))
                                .orElse(entry.value()))
                : entry;
    }

    /** A line of the export that is kept as it was would say the old value. */
    private static Entry with(Entry entry, ByteString value) {
        if (entry.value().equals(value)) {
            return entry;
        }
        KvRecord record = KvRecord.of(entry);
        return record.line() == null
                ? new Entry(entry.entryKey(), value, entry.meta())
                : new KvRecord(record.seq(), RecordMeta.EMPTY, value)
                        .entry(entry.entryKey().key());
    }

    @Override
    public Later later(EntryKey key) {
        return sequence(key) ? Later.LEFT_OUT : Later.WRITTEN;
    }
}
