package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.grpc.SameAsServer.Plain;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.testkit.databend.DatabendMeta;
import io.metawal.testkit.databend.MetaRecord;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Capture of, and restore into, the meta service of a real Databend that SQL fills. */
@Tag("server")
class DatabendEngineTest {
    @TempDir
    Path scratch;

    private final FoldingSink sink = new FoldingSink();

    static List<ServerEntry> versions() {
        return ServerCatalog.databendVersions();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatSqlDidIsCapturedAndComesBack(ServerEntry version) throws InterruptedException {
        try (DatabendMeta engine = DatabendMeta.start(version)) {
            String store = engine.catalog();
            DatabendOptions options = DatabendOptions.parse(DatabendMeta.url(store))
                    .withExportMillisMin(10)
                    .withObserveMillis(50);
            engine.sql("CREATE DATABASE shop");
            LiveCapture.during(options, sink, capture -> {
                sink.awaitEpoch(engine.lastIndex(store));
                engine.sql("CREATE SEQUENCE numbers");
                assertThat(nextNumber(engine)).isEqualTo(1);
                engine.sql("CREATE TABLE shop.orders (id INT, note VARCHAR)");
                engine.sql("INSERT INTO shop.orders VALUES (17, 'first'), (18, 'second')");
                engine.sql("CREATE VIEW shop.notes AS SELECT note FROM shop.orders");
                engine.sql("CREATE TABLE shop.gone (a INT)");
                engine.sql("ALTER TABLE shop.orders ADD COLUMN price INT");
                engine.sql("DROP TABLE shop.gone");
                sink.awaitEpoch(engine.lastIndex(store));
            });
            DatabendMeta.Listing wanted = sameAsTheList(engine, options, store);

            // I7: the numbers that are given out from here on are not given out again.
            long given = 1;
            for (int i = 0; i < 16; i++) {
                given = Math.max(given, nextNumber(engine));
            }
            assertThat(given).isGreaterThanOrEqualTo(17);
            engine.sql("DROP VIEW shop.notes");
            engine.sql("DROP TABLE shop.orders");
            engine.sql("CREATE TABLE shop.later (a INT)");
            assertThatThrownBy(() -> engine.sql("SELECT * FROM shop.orders")).hasMessageContaining("orders");
            sameAsTheList(engine, options, store);

            restore(options, wanted.index());
            assertThat(withoutSeqs(engine.list(store).records())).isEqualTo(withoutSeqs(wanted.records()));
            assertThat(nextNumber(engine)).isGreaterThan(given);
            assertThat(engine.sql("SELECT id, note, price FROM shop.orders")).contains("17", "first", "18", "second");
            assertThat(engine.sql("SELECT note FROM shop.notes")).contains("second");
            assertThatThrownBy(() -> engine.sql("SELECT * FROM shop.later")).hasMessageContaining("later");
            sameAsTheList(engine, options, store);
        }
    }

    /** Older releases give numbers out by the thousands. */
    private static long nextNumber(DatabendMeta engine) {
        String printed = engine.sql("SELECT nextval(numbers)");
        return Long.parseLong(printed.replaceAll("(?s).*UInt64|[^0-9]", ""));
    }

    /** Captures up to the index of the service's own list, and compares what is then known with it. */
    private DatabendMeta.Listing sameAsTheList(DatabendMeta engine, DatabendOptions options, String store)
            throws InterruptedException {
        DatabendMeta.Listing list = engine.list(store);
        LiveCapture.during(options, sink, capture -> sink.awaitEpoch(list.index()));
        Map<String, Plain> captured = new TreeMap<>();
        try (MemoryImage image = imageAt(list.index());
                ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (DatabendSpaces.holdsRecords(entry.entryKey().space())) {
                    captured.put(entry.entryKey().key().toStringUtf8(), SameAsServer.plain(entry));
                }
            }
        }
        assertThat(captured).isEqualTo(SameAsServer.plain(list.records()));
        assertThat(sink.commits()).noneMatch(commit -> commit.header().afterGap());
        return list;
    }

    private MemoryImage imageAt(long index) {
        MemoryImage image = new MemoryImage();
        for (Commit commit : sink.commits()) {
            if (commit.epoch() <= index) {
                image.apply(commit);
            }
        }
        assertThat(image.provenance().epoch()).isEqualTo(index);
        return image;
    }

    private void restore(DatabendOptions into, long index) throws InterruptedException {
        try (MemoryImage image = imageAt(index);
                ImageView view = image.view();
                EntryIterator entries = view.entries();
                DatabendLiveTarget target = new DatabendLiveTarget(into, InstantSource.system(), scratch)) {
            RestorePoint point = new RestorePoint("test", image.provenance());
            target.check(point);
            target.prepare(point);
            entries.forEachRemaining(target::write);
            target.publish();
        }
    }

    /** A restore writes what differs, under new seqs; counters of ids keep their newest value. */
    private static Map<String, Plain> withoutSeqs(NavigableMap<String, MetaRecord> records) {
        Map<String, Plain> plain = new TreeMap<>();
        SameAsServer.plain(records).forEach((key, record) -> {
            if (!key.startsWith("__fd_id_gen/") && !key.startsWith("__fd_sequence")) {
                plain.put(key, new Plain(0, record.value(), record.expireAtMs()));
            }
        });
        return plain;
    }
}
