package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.metawal.bench.Rounds.Times;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.testkit.sql.PostgresServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** Many rows back into a PostgreSQL, in a small heap, against the copying of them alone. */
final class PostgresRestore implements Benchmark {
    private static final String HEAP = "1g";
    private static final int FRAGMENTS_OF_AN_OBJECT = 100;
    private static final int NODE_BYTES = 200;
    private static final int PIECE = 10_000;
    private static final String OBJECTS = "CREATE TABLE object (oid integer PRIMARY KEY, name text NOT NULL)";
    private static final String FRAGMENTS =
            "CREATE TABLE fragment (fragment_id integer PRIMARY KEY, oid integer NOT NULL"
                    + " REFERENCES object, node bytea NOT NULL, info jsonb NOT NULL)";

    @Override
    public String name() {
        return "postgres-restore";
    }

    @Override
    public String says() {
        return "20k objects and 2M fragments of them (1/20 with --small), restored by `metawal restore` in a JVM with -Xmx"
                + HEAP
                + " into an empty database whose tables are there, from its start to its end, with replay, proof and reading"
                + " back; against copying the very same rows from a file (COPY … FROM STDIN) in one transaction.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        Path directory = setting.fresh("postgres");
        int objects = Math.max(10, setting.scale().restoreKeys() / 50);
        Path copied = directory.resolve("fragments.copy");
        try (ObjectStore store = ObjectStoreOpener.open(
                        directory.resolve("repository").toString(), IfAbsent.CREATE, InstantSource.system());
                PostgresServer server = PostgresServer.start("fsync=on", "max_wal_size=8GB")) {
            report.doing("writing the history");
            server.createDatabase("model");
            server.execute("model", OBJECTS, FRAGMENTS);
            write(new HistoryWriter(store, HistoryWriter.NO_SNAPSHOTS), server, objects, copied);
            List<Times> times = Rounds.measureCold(
                    setting.scale().restoreRounds(),
                    List.of(
                            Contender.of("bare COPY", () -> bare(server, objects, copied)),
                            Contender.of("metawal restore", () -> restore(server, directory))));
            report.seconds(times.get(0), null, null);
            report.seconds(times.get(1), times.get(0), null);
        } finally {
            Setting.remove(directory);
        }
    }

    private static void write(HistoryWriter writer, PostgresServer server, int objects, Path copied) throws Exception {
        SqlInterpretation meaning = new SqlInterpretation.Plain("postgresql");
        List<SqlTable> tables;
        try (Connection connection = server.connect("model")) {
            tables = JdbcDialect.of(SqlEngine.POSTGRESQL).describe(connection, "public");
        }
        SqlTable fragment = named(tables, "fragment");
        List<Change> changes = new ArrayList<>();
        tables.forEach(table -> changes.add(Change.put(
                TableEntries.entry(table).entryKey(), TableEntries.entry(table).value())));
        List<RowChange> rows = new ArrayList<>();
        for (int n = 1; n <= objects; n++) {
            SqlRow row = SqlRow.of(Map.of("oid", (long) n, "name", "mv" + n));
            rows.add(new RowChange(named(tables, "object"), row, row));
        }
        changes.addAll(meaning.take(rows));
        append(writer, changes);
        Bytes bytes = new Bytes(5);
        try (OutputStream out = Files.newOutputStream(copied)) {
            for (int n = 0; n < objects * FRAGMENTS_OF_AN_OBJECT; n += PIECE) {
                List<RowChange> piece = new ArrayList<>();
                StringBuilder text = new StringBuilder();
                for (int m = n + 1; m <= Math.min(n + PIECE, objects * FRAGMENTS_OF_AN_OBJECT); m++) {
                    ByteString node = bytes.value(NODE_BYTES);
                    long oid = 1L + (m - 1) / FRAGMENTS_OF_AN_OBJECT;
                    SqlRow row = SqlRow.of(Map.of(
                            "fragment_id",
                            (long) m,
                            "oid",
                            oid,
                            "node",
                            node,
                            "info",
                            new io.metawal.connectors.sql.row.JsonText("{\"dist\": [1, 2]}")));
                    piece.add(new RowChange(fragment, row, row));
                    text.append(m)
                            .append('\t')
                            .append(oid)
                            .append("\t\\\\x")
                            .append(HexFormat.of().formatHex(node.toByteArray()))
                            .append("\t{\"dist\": [1, 2]}\n");
                }
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                append(writer, meaning.take(piece));
            }
        }
        writer.end();
    }

    private static SqlTable named(List<SqlTable> tables, String name) {
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void append(HistoryWriter writer, List<Change> changes) {
        writer.append(CommitBody.of("", "postgresql", changes), HistoryWriter.START);
    }

    private static long bare(PostgresServer server, int objects, Path copied) throws Exception {
        return fresh(server, () -> {
            long start = System.nanoTime();
            try (Connection connection = server.connect("target");
                    InputStream in = Files.newInputStream(copied)) {
                connection.setAutoCommit(false);
                connection
                        .createStatement()
                        .execute("INSERT INTO object SELECT n, 'mv' || n FROM generate_series(1, " + objects + ") n");
                connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY fragment FROM STDIN", in);
                connection.commit();
            }
            return System.nanoTime() - start;
        });
    }

    private static long restore(PostgresServer server, Path directory) throws Exception {
        return fresh(
                server,
                () -> Child.metawal(
                        HEAP,
                        Map.of(),
                        "restore",
                        "--repo",
                        directory.resolve("repository").toString(),
                        "--to",
                        "1@latest",
                        "--into",
                        server.url("target"),
                        "--scratch",
                        directory.toString(),
                        "--progress=none"));
    }

    private static long fresh(PostgresServer server, Contender.Work work) throws Exception {
        server.createDatabase("target");
        try {
            server.execute("target", OBJECTS, FRAGMENTS);
            return work.nanos();
        } finally {
            server.dropDatabase("target");
        }
    }
}
