package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metawal.connectors.file.Scratch;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryHash;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values of rows in a file for each table, until all are there: a length of four bytes, big-endian, before each. Each table's digest is
 * summed up as rows are added, and again as they are read: what comes out is what went in, or a {@code MismatchException}. For one thread.
 */
final class RowSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Scratch directory;
    private final Map<String, Table> tables = new TreeMap<>();
    private int made;
    private int valueBytesMax;

    RowSpool(Path scratch) {
        directory = new Scratch(scratch, "rows");
    }

    private static final class Table {
        private final SpoolWriter file;
        private final DataOutputStream out;
        private @Nullable SpoolFile sealed;
        private Digest digest = Digest.EMPTY;

        Table(Path path) {
            this.file = SpoolFile.create(path);
            this.out = new DataOutputStream(file);
        }

        SpoolFile sealed() throws IOException {
            SpoolFile known = sealed;
            if (known == null) {
                out.flush();
                known = file.seal();
                sealed = known;
            }
            return known;
        }
    }

    void add(String table, ByteString value) {
        try {
            Table there = tables.get(table);
            if (there == null) {
                there = new Table(directory.file(made++ + ".rows"));
                tables.put(table, there);
            }
            byte[] bytes = value.toByteArray();
            valueBytesMax = Math.max(valueBytesMax, bytes.length);
            there.out.writeInt(bytes.length);
            there.out.write(bytes);
            there.digest = there.digest.plus(EntryHash.of(bytes, 0, bytes.length));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void rename(String from, String to) {
        Table table = tables.remove(from);
        if (table != null && tables.put(to, table) != null) {
            throw new IllegalStateException("rows of " + to + " came under two names");
        }
    }

    Set<String> tables() {
        return Collections.unmodifiableSet(tables.keySet());
    }

    long valueBytesMax() {
        return valueBytesMax;
    }

    long count(String table) {
        Table there = tables.get(table);
        return there == null ? 0 : there.digest.count();
    }

    /** Each value of a table, in the order in which they came. */
    void forEach(String table, Consumer<ByteString> values) {
        Table there = tables.get(table);
        if (there == null) {
            return;
        }
        try {
            Digest found = Digest.EMPTY;
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(there.sealed().open(), BUFFER))) {
                while (found.count() < there.digest.count()) {
                    byte[] value = new byte[in.readInt()];
                    in.readFully(value);
                    found = found.plus(EntryHash.of(value, 0, value.length));
                    values.accept(UnsafeByteOperations.unsafeWrap(value));
                }
            }
            if (!found.equals(there.digest)) {
                throw new MismatchException("the rows of " + table + " in " + directory.folder()
                        + " are not those that were given: expected digest " + there.digest + ", found " + found);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private MetawalException failed(IOException e) {
        return LocalFaults.of("temporary files in " + directory.folder() + " cannot be written or read", e);
    }

    @Override
    public void close() {
        try {
            for (Table table : tables.values()) {
                table.out.close();
            }
            tables.clear();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            directory.close();
        }
    }
}
