package io.metawal.tools.process;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/** What the simulated meta node itself says that stood after each of its transactions. */
final class RwTruth {
    private static final ByteString DELTAS = ByteString.copyFromUtf8("cf/hummock_1/");
    private static final ByteString COUNTERS = ByteString.copyFromUtf8("default/");

    private final ConcurrentSkipListMap<Long, State> states = new ConcurrentSkipListMap<>();
    private final LongSupplier revision;

    /** @param revision of the last transaction */
    RwTruth(LongSupplier revision) {
        this.revision = revision;
    }

    /**
     * All that stood at a revision.
     *
     * @param epoch the largest that any table had committed
     */
    record State(SortedMap<ByteString, ByteString> rows, HummockVersion version, long epoch) {
        /** The rows that a restored cluster begins with: no deltas, nothing ephemeral. */
        NavigableMap<ByteString, ByteString> lasting() {
            NavigableMap<ByteString, ByteString> lasting =
                    new TreeMap<>(ByteString.unsignedLexicographicalComparator());
            rows.forEach((key, value) -> {
                if (!key.startsWith(DELTAS) && !ephemeral(key)) {
                    lasting.put(key, value);
                }
            });
            return lasting;
        }
    }

    private static boolean ephemeral(ByteString key) {
        String text = key.toStringUtf8();
        return text.startsWith("cf/worker/")
                || text.startsWith("__meta_election_")
                || text.matches("(?s)cf/hummock_[2345]/.*");
    }

    void committed(SortedMap<ByteString, ByteString> rows, HummockVersion version, long epoch, String description) {
        SortedMap<ByteString, ByteString> copy = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        copy.putAll(rows);
        states.put(revision.getAsLong(), new State(copy, version, epoch));
    }

    long lastEpoch() {
        return states.lastEntry().getValue().epoch();
    }

    int size() {
        return states.size();
    }

    /** After the last transaction at which no later epoch had been committed. */
    State atEpoch(long epoch) {
        State found = null;
        for (State state : states.values()) {
            if (state.epoch() > epoch) {
                break;
            }
            found = state;
        }
        if (found == null) {
            throw new AssertionError("no state is as old as epoch " + epoch);
        }
        return found;
    }

    /** The rows that a restore must bring: those of the point, with counters from the newest state. */
    NavigableMap<ByteString, ByteString> expected(State point) {
        NavigableMap<ByteString, ByteString> expected = point.lasting();
        for (Map.Entry<ByteString, ByteString> row :
                states.lastEntry().getValue().lasting().entrySet()) {
            String name = row.getKey().toStringUtf8();
            if (row.getKey().startsWith(COUNTERS)
                    && (name.endsWith("_id_next_generator")
                            || name.endsWith("/notification_version")
                            || name.endsWith("/table_revision"))) {
                expected.put(row.getKey(), row.getValue());
            }
        }
        return expected;
    }
}
