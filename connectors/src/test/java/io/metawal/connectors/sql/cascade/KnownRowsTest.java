package io.metawal.connectors.sql.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.CommitSink;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KnownRowsTest {
    private static final SqlTable FRAGMENT = new SqlTable(
            SqlEngine.MARIADB,
            "meta",
            "fragment",
            List.of(column("id"), column("job"), column("other")),
            List.of("id"),
            List.of(),
            List.of(),
            List.of());
    private static final SqlInterpretation PLAIN = new SqlInterpretation.Plain("mariadb");

    private static SqlColumn column(String name) {
        return new SqlColumn(name, SqlType.INTEGER, "bigint", true, "", SqlColumn.Counting.NONE);
    }

    private static SqlRow row(long id, @Nullable Long job, long other) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("id", id);
        values.put("job", job);
        values.put("other", other);
        return SqlRow.of(values);
    }

    /** Counts how often the rows of a space are read through. */
    private static final class Counting implements CommitSink {
        private final FoldingSink sink = new FoldingSink();
        private int scans;

        @Override
        public CompletableFuture<CommitHeader> commit(CommitDraft draft) {
            return sink.commit(draft);
        }

        @Override
        public void observed(long epoch, long timeMicros) {
            sink.observed(epoch, timeMicros);
        }

        @Override
        public ImageView image() {
            ImageView view = sink.image();
            return new ImageView() {
                @Override
                public Provenance provenance() {
                    return view.provenance();
                }

                @Override
                public @Nullable Entry find(EntryKey key) {
                    return view.find(key);
                }

                @Override
                public EntryIterator entries() {
                    throw new AssertionError("all entries are read for the rows of one table");
                }

                @Override
                public EntryIterator entries(Space space) {
                    scans++;
                    return view.entries(space);
                }

                @Override
                public void close() {
                    view.close();
                }
            };
        }
    }

    private static Counting holding(Map<Long, SqlRow> rows) throws InterruptedException {
        Counting counting = new Counting();
        List<RowChange> changes = new ArrayList<>();
        rows.values().forEach(row -> changes.add(new RowChange(FRAGMENT, row, row)));
        CommitBody body = new CommitBody("", "mariadb", ByteString.EMPTY, "", PLAIN.take(changes));
        counting.commit(CommitDraft.of(1, 1, body)).join();
        return counting;
    }

    @Test
    void whatReferencesIsFoundAsTheTransactionSeesIt() {
        Seeded.check(20, random -> {
            Map<Long, SqlRow> rows = new HashMap<>();
            for (long id = 0; id < 200; id++) {
                rows.put(id, random(id, random));
            }
            Counting counting = holding(rows);
            try (KnownRows known = new KnownRows(PLAIN, new CheckedSink(counting))) {
                for (int step = 0; step < 200; step++) {
                    long id = random.nextLong(220);
                    if (random.nextInt(3) == 0) {
                        known.remove(FRAGMENT, row(id, 0L, 0));
                        rows.remove(id);
                    } else {
                        SqlRow changed = random(id, random);
                        known.put(FRAGMENT, changed);
                        rows.put(id, changed);
                    }
                    List<String> columns = random.nextBoolean() ? List.of("job") : List.of("job", "other");
                    List<@Nullable Object> values = new ArrayList<>(List.of(random.nextLong(20)));
                    if (columns.size() == 2) {
                        values.add(random.nextLong(3));
                    }
                    assertThat(known.having(FRAGMENT, columns, values))
                            .containsExactlyInAnyOrderElementsOf(rows.values().stream()
                                    .filter(row -> values.get(0).equals(row.value("job"))
                                            && (values.size() == 1
                                                    || values.get(1).equals(row.value("other"))))
                                    .toList());
                }
            }
        });
    }

    private static SqlRow random(long id, RandomGenerator random) {
        return row(id, random.nextInt(10) == 0 ? null : random.nextLong(20), random.nextLong(3));
    }

    @Test
    void aTransactionThatDropsManyReadsATableTwiceAtMost() throws InterruptedException {
        Map<Long, SqlRow> rows = new HashMap<>();
        for (long id = 0; id < 1000; id++) {
            rows.put(id, row(id, id / 10, 0));
        }
        Counting counting = holding(rows);
        try (KnownRows known = new KnownRows(PLAIN, new CheckedSink(counting))) {
            for (long job = 0; job < 100; job++) {
                assertThat(known.having(FRAGMENT, List.of("job"), List.of(job))).hasSize(10);
            }
        }
        assertThat(counting.scans).isEqualTo(2);
    }
}
