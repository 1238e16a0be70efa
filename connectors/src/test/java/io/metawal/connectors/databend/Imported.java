package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.targets.DatabendExportTarget;
import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** Imports into a log in memory, and looks at what is there. */
final class Imported {
    final FoldingSink sink = new FoldingSink();
    private final ImportOptions options;

    Imported() {
        this(ImportOptions.DEFAULT);
    }

    Imported(ImportOptions options) {
        this.options = options;
    }

    static ExportReader reader(byte[] export) {
        return new ExportReader("test", () -> new ByteArrayInputStream(export));
    }

    ImportReport add(byte[] export) {
        try {
            return new DatabendImport(reader(export), options).run(sink.resumeAt(), sink);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    ImportReport add(String export) {
        return add(export.getBytes(StandardCharsets.UTF_8));
    }

    /** What is there after the last commit of an epoch not greater than this. */
    NavigableMap<EntryKey, Entry> at(long epoch) {
        TreeMap<EntryKey, Entry> image = new TreeMap<>();
        for (Commit commit : sink.commits()) {
            if (commit.header().epoch() <= epoch) {
                for (Change change : commit.changes()) {
                    if (change.op() == Op.DELETE) {
                        image.remove(change.entryKey());
                    } else {
                        image.put(change.entryKey(), Entry.of(change));
                    }
                }
            }
        }
        return image;
    }

    NavigableMap<EntryKey, Entry> latest() {
        return at(Long.MAX_VALUE);
    }

    /** The records as the model has them. */
    static NavigableMap<String, PlainModel.Kept> records(Map<EntryKey, Entry> image) {
        TreeMap<String, PlainModel.Kept> records = new TreeMap<>();
        image.forEach((key, entry) -> {
            if (DatabendSpaces.holdsRecords(key.space())) {
                KvRecord record = KvRecord.of(entry);
                BigInteger expire = record.meta().expires()
                        ? new BigInteger(Long.toUnsignedString(record.meta().expireMs()))
                        : null;
                records.put(
                        key.key().toStringUtf8(),
                        new PlainModel.Kept(record.seq(), expire, record.data().toByteArray()));
            }
        });
        return records;
    }

    static String value(Map<EntryKey, Entry> image, String space, String key) {
        Entry entry = image.get(EntryKey.of(space, key));
        return entry == null ? "" : entry.value().toStringUtf8();
    }

    static RestoreReport export(Map<EntryKey, Entry> image, Path file, ExportOptions options) {
        try (DatabendExportTarget target = new DatabendExportTarget(
                file, options, Objects.requireNonNull(file.toAbsolutePath().getParent()))) {
            target.prepare(new RestorePoint("test", Provenance.START));
            image.values().forEach(target::write);
            return target.publish();
        }
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
