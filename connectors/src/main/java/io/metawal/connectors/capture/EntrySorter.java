package io.metawal.connectors.capture;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries put into the order of their keys, in bounded memory: what does not fit is sorted and written to files, which are merged when
 * they are read. A key that comes twice is a fault, and so is a file that is not what was written ({@link SpoolFile}).
 */
public final class EntrySorter {
    private static final int ENTRY_OVERHEAD = 250;

    private final Path folder;
    private final long bytesMax;
    private final Function<EntryKey, MetawalException> twice;
    private final List<SpoolFile> runs = new ArrayList<>();
    private final List<Entry> held = new ArrayList<>();
    private long heldBytes;

    /** @param twice the fault of a key that comes a second time */
    public EntrySorter(Path folder, long bytesMax, Function<EntryKey, MetawalException> twice) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.twice = twice;
    }

    public void add(Entry entry) {
        held.add(entry);
        heldBytes += EntryCodec.length(entry) + ENTRY_OVERHEAD;
        if (heldBytes > bytesMax) {
            spill();
        }
    }

    private void spill() {
        sort();
        SpoolWriter run = SpoolFile.createTemp(folder, "run-", ".entries");
        try (DataOutputStream out = new DataOutputStream(run)) {
            for (Entry entry : held) {
                byte[] bytes = EntryCodec.encode(entry);
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            runs.add(run.seal());
        } catch (IOException e) {
            throw LocalFaults.of("cannot write entries to " + folder, e);
        }
        held.clear();
        heldBytes = 0;
    }

    private void sort() {
        held.sort(Comparator.comparing(Entry::entryKey));
    }

    /** Everything that was added, in order; can be asked for again. Nothing may be added after this. */
    public EntryIterator entries() {
        sort();
        return new Merge();
    }

    /** Reads all of it once, so that what is wrong is found before any of it is used. */
    public void check() {
        try (EntryIterator all = entries()) {
            while (all.hasNext()) {
                all.next();
            }
        }
    }

    private interface Run {
        @Nullable
        Entry next() throws IOException;
    }

    private record Head(Entry entry, Run run) {}

    private final class Merge implements EntryIterator {
        private final List<DataInputStream> files = new ArrayList<>();
        private final PriorityQueue<Head> heads =
                new PriorityQueue<>(Comparator.comparing(head -> head.entry().entryKey()));
        private @Nullable EntryKey before;

        Merge() {
            try {
                for (SpoolFile run : runs) {
                    DataInputStream file = new DataInputStream(run.open());
                    files.add(file);
                    advance(() -> read(file));
                }
                var memory = held.iterator();
                advance(() -> memory.hasNext() ? memory.next() : null);
            } catch (IOException e) {
                close();
                throw failed(e);
            }
        }

        private void advance(Run run) throws IOException {
            Entry next = run.next();
            if (next != null) {
                heads.add(new Head(next, run));
            }
        }

        private static @Nullable Entry read(DataInputStream file) throws IOException {
            int length;
            try {
                length = file.readInt();
            } catch (EOFException end) {
                return null;
            }
            byte[] bytes = new byte[length];
            file.readFully(bytes);
            return EntryCodec.read(bytes, bytes.length, EntryCodec.position(0));
        }

        @Override
        public boolean hasNext() {
            return !heads.isEmpty();
        }

        @Override
        public Entry next() {
            Head head = heads.poll();
            if (head == null) {
                throw new NoSuchElementException();
            }
            try {
                advance(head.run());
            } catch (IOException e) {
                throw failed(e);
            }
            EntryKey key = head.entry().entryKey();
            if (key.equals(before)) {
                throw twice.apply(key);
            }
            before = key;
            return head.entry();
        }

        private MetawalException failed(IOException e) {
            return LocalFaults.of("cannot read entries back from " + folder, e);
        }

        @Override
        public void close() {
            for (DataInputStream file : files) {
                try {
                    file.close();
                } catch (IOException readOnly) {
                    // Nothing was written through it.
                }
            }
        }
    }
}
