package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/** The entries of a plain database as it is now, in the order of their keys. */
final class CapturedImage {
    private final List<Entry> entries = new ArrayList<>();

    CapturedImage(SqlUrl url) throws SQLException {
        JdbcDialect dialect = JdbcDialect.of(url.engine());
        try (Connection connection = dialect.open(url)) {
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                entries.add(TableEntries.entry(table));
                dialect.read(
                        connection,
                        table,
                        row -> entries.add(new Entry(
                                new EntryKey(
                                        SqlSpaces.of(table.schema(), table.name()),
                                        ByteString.copyFromUtf8(row.key(table.primaryKey()))),
                                RowCodec.encode(row),
                                ByteString.EMPTY)));
                OptionalLong last = dialect.counterNext(connection, table);
                if (last.isPresent()) {
                    counter(table, last.getAsLong());
                }
            }
        }
    }

    void counter(SqlTable table, long last) {
        EntryKey key =
                new EntryKey(SqlSpaces.AUTO_INCREMENT, ByteString.copyFromUtf8(table.schema() + "/" + table.name()));
        entries.removeIf(entry -> entry.entryKey().equals(key));
        entries.add(new Entry(key, ByteString.copyFromUtf8(Long.toString(last)), ByteString.EMPTY));
    }

    void without(EntryKey key) {
        entries.removeIf(entry -> entry.entryKey().equals(key));
    }

    static RestorePoint point(long seq) {
        Digest digest = new Digest(1, 2, 3);
        return new RestorePoint("c1", new Provenance(1, seq, 0, 0, Chain.GENESIS, digest));
    }

    List<Entry> sorted() {
        return entries.stream().sorted(Comparator.comparing(Entry::entryKey)).toList();
    }

    RestoreReport into(RestoreTarget target) {
        return into(target, 7);
    }

    RestoreReport into(RestoreTarget target, long seq) {
        target.prepare(point(seq));
        sorted().forEach(target::write);
        return target.publish();
    }
}
