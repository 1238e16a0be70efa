package io.metawal.tools.process;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the simulated meta node itself says that stood after each of its transactions. */
final class RwTruth {
    private static final ByteString DELTAS = ByteString.copyFromUtf8("cf/hummock_1/");
    private static final Pattern CATALOG = Pattern.compile("(?s)cf/(catalog_[a-z]+|user_info|table_fragments)/(.*)");
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

    /** One that was committed, from {@code first} on, or one behind it that never was. */
    long someEpoch(long first, RandomGenerator random) {
        List<Long> committed = states.values().stream()
                .map(State::epoch)
                .filter(epoch -> epoch >= first)
                .distinct()
                .toList();
        int at = random.nextInt(committed.size());
        boolean last = at == committed.size() - 1;
        return committed.get(at) + (last ? 0 : random.nextInt(2));
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

    /** Catalog and users of a state, by the spaces and keys that they have in the log. */
    Map<EntryKey, ByteString> inSnapshot(State state) {
        Map<EntryKey, ByteString> rows = new TreeMap<>();
        state.rows().forEach((key, value) -> {
            Matcher m = CATALOG.matcher(key.toString(StandardCharsets.ISO_8859_1));
            if (m.matches()) {
                String name = m.group(1);
                String space = name.equals("user_info")
                        ? "user.info"
                        : name.equals("table_fragments") ? "catalog.fragments" : name.replace("catalog_", "catalog.");
                rows.put(EntryKey.of(space, Long.toString(number(m.group(2)))), value);
            }
        });
        return rows;
    }

    /** Of a message whose field 1 is a number. */
    private static long number(String key) {
        long number = 0;
        for (int n = key.length() - 1; n >= 1; n--) {
            number = number << 7 | key.charAt(n) & 0x7f;
        }
        return number;
    }
}
