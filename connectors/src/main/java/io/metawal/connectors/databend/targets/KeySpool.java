package io.metawal.connectors.databend.targets;

import com.google.protobuf.ByteString;
import io.metawal.connectors.file.Scratch;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
 * Entries as a restore gives them, by space and then by key, given back by key alone: a file for each space, merged. In memory for one
 * entry of each space.
 */
final class KeySpool implements AutoCloseable {
    private final Scratch directory;
    private final Map<Space, Path> files = new TreeMap<>();
    private @Nullable Space open;
    private @Nullable DataOutputStream out;

    /** @param beside a file; the spool's directory is made where it is */
    KeySpool(Path beside) {
        directory = new Scratch(Objects.requireNonNull(beside.toAbsolutePath().getParent()), ".metawal-spool-");
    }

    void add(Entry entry) {
        Space space = entry.entryKey().space();
        try {
            DataOutputStream file = out;
            if (file == null || !space.equals(open)) {
                endFile();
                Path path = directory.file("" + files.size());
                files.put(space, path);
                open = space;
                file = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
                out = file;
            }
            write(file, entry.entryKey().key());
            write(file, entry.value());
            write(file, entry.meta());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UnreachableException failed(IOException e) {
        return new UnreachableException("cannot spool to " + directory.folder() + ": " + e, e);
    }

    private static void write(DataOutputStream file, ByteString bytes) throws IOException {
        file.writeInt(bytes.size());
        bytes.writeTo(file);
    }

    private void endFile() throws IOException {
        DataOutputStream file = out;
        out = null;
        open = null;
        if (file != null) {
            file.close();
        }
    }

    /** Shows the entries of one space, in order. */
    void read(Space space, Consumer<Entry> entries) {
        merge(files.containsKey(space) ? List.of(space) : List.of(), entries);
    }

    /** Shows all entries in the order of their keys' bytes. */
    void read(Consumer<Entry> entries) {
        merge(List.copyOf(files.keySet()), entries);
    }

    private void merge(List<Space> spaces, Consumer<Entry> entries) {
        Comparator<ByteString> bytes = ByteString.unsignedLexicographicalComparator();
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparing((Cursor cursor) -> cursor.key, bytes));
        List<Cursor> all = new ArrayList<>();
        try {
            endFile();
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

        Cursor(Space space, Path file) throws IOException {
            this.space = space;
            this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
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
        try {
            endFile();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            directory.close();
        }
    }
}
