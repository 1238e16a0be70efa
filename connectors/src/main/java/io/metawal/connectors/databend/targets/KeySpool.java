package io.metawal.connectors.databend.targets;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.TempFolder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries as a restore gives them, by space and then by key, given back by key alone: a file for each space, merged. A file that is not
 * what was written is a {@code MismatchException}. In memory for one entry of each space.
 */
final class KeySpool implements AutoCloseable {
    private final TempFolder directory;
    private final Map<Space, SpoolFile> files = new TreeMap<>();
    private @Nullable Space open;
    private @Nullable SpoolWriter file;
    private @Nullable DataOutputStream out;

    private KeySpool(TempFolder directory) {
        this.directory = directory;
    }

    /** In a folder of its own, in a directory that exists. */
    static KeySpool in(Path scratch) {
        return new KeySpool(TempFolder.in(scratch, "spool"));
    }

    void add(Entry entry) {
        Space space = entry.entryKey().space();
        try {
            DataOutputStream to = out;
            if (to == null || !space.equals(open)) {
                endFile();
                SpoolWriter made = SpoolFile.create(directory.file("" + files.size()));
                file = made;
                open = space;
                to = new DataOutputStream(made);
                out = to;
            }
            write(to, entry.entryKey().key());
            write(to, entry.value());
            write(to, entry.meta());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private MetawalException failed(IOException e) {
        return LocalFaults.of("cannot spool to " + directory.folder(), e);
    }

    private static void write(DataOutputStream file, ByteString bytes) throws IOException {
        file.writeInt(bytes.size());
        bytes.writeTo(file);
    }

    private void endFile() {
        SpoolWriter ended = file;
        Space space = open;
        out = null;
        file = null;
        open = null;
        if (ended != null && space != null) {
            files.put(space, ended.seal());
        }
    }

    /** Shows the entries of one space, in order. */
    void read(Space space, Consumer<Entry> entries) {
        endFile();
        merge(files.containsKey(space) ? List.of(space) : List.of(), entries);
    }

    /** Shows all entries in the order of their keys' bytes. */
    void read(Consumer<Entry> entries) {
        endFile();
        merge(List.copyOf(files.keySet()), entries);
    }

    private void merge(List<Space> spaces, Consumer<Entry> entries) {
        Comparator<ByteString> bytes = ByteString.unsignedLexicographicalComparator();
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparing((Cursor cursor) -> cursor.key, bytes));
        List<Cursor> all = new ArrayList<>();
        try {
            for (Space space : spaces) {
                Cursor cursor = new Cursor(space, Objects.requireNonNull(files.get(space)));
                all.add(cursor);
                if (cursor.next()) {
                    queue.add(cursor);
                }
            }
            while (!queue.isEmpty()) {
                Cursor cursor = queue.remove();
                entries.accept(cursor.entry());
                if (cursor.next()) {
                    queue.add(cursor);
                }
            }
        } catch (IOException e) {
            throw failed(e);
        } catch (UncheckedIOException e) {
            throw failed(new IOException(e));
        } finally {
            all.forEach(Cursor::close);
        }
    }

    private static final class Cursor {
        private final Space space;
        private final DataInputStream in;
        private ByteString key = ByteString.EMPTY;

        Cursor(Space space, SpoolFile file) {
            this.space = space;
            this.in = new DataInputStream(file.open());
        }

        boolean next() throws IOException {
            try {
                key = read();
                return true;
            } catch (EOFException e) {
                return false;
            }
        }

        Entry entry() throws IOException {
            return new Entry(new io.metawal.metadata.commit.EntryKey(space, key), read(), read());
        }

        private ByteString read() throws IOException {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return ByteString.copyFrom(bytes);
        }

        void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        SpoolWriter unended = file;
        file = null;
        try {
            if (unended != null) {
                unended.discard();
            }
        } finally {
            directory.close();
        }
    }
}
