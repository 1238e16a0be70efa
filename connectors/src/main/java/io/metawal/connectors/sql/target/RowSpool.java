package io.metawal.connectors.sql.target;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metawal.connectors.file.Scratch;
import io.metawal.metadata.fault.UnreachableException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Values of rows in a file for each table, until all are there: a length of four bytes, big-endian, before each. For one thread. */
final class RowSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Scratch directory;
    private final Map<String, Table> tables = new TreeMap<>();
    private int made;

    RowSpool(Path scratch) {
        directory = new Scratch(scratch, "metawal-rows-");
    }

    private static final class Table {
        private final Path file;
        private final DataOutputStream out;
        private long count;

        Table(Path file) throws IOException {
            this.file = file;
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
        }
    }

    void add(String table, ByteString value) {
        try {
            Table there = tables.get(table);
            if (there == null) {
                there = new Table(directory.file(made++ + ".rows"));
                tables.put(table, there);
            }
            there.out.writeInt(value.size());
            value.writeTo(there.out);
            there.count++;
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

    long count(String table) {
        Table there = tables.get(table);
        return there == null ? 0 : there.count;
    }

    /** Each value of a table, in the order in which they came. */
    void forEach(String table, Consumer<ByteString> values) {
        Table there = tables.get(table);
        if (there == null) {
            return;
        }
        try {
            there.out.flush();
            try (DataInputStream in =
                    new DataInputStream(new BufferedInputStream(Files.newInputStream(there.file), BUFFER))) {
                for (long n = 0; n < there.count; n++) {
                    byte[] value = new byte[in.readInt()];
                    in.readFully(value);
                    values.accept(UnsafeByteOperations.unsafeWrap(value));
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UnreachableException failed(IOException e) {
        return new UnreachableException(
                "temporary files in " + directory.folder() + " cannot be written or read: " + e, e);
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
