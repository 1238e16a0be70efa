package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.DurableFile;
import io.metawal.wal.Inbox;
import io.metawal.wal.LogFullException;
import io.metawal.wal.Pending;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;

/**
 * The hot log on Chronicle Queue. {@code docs/formats/hot-log.md} has the files; {@code docs/decisions/0001-chronicle-queue.md}
 * says what Chronicle gives and what is done here instead.
 *
 * <ul>
 *   <li>An acknowledged commit was forced to disk, and so was the note that says so.
 *   <li>Opening reads everything and compares with the note: {@link LostCommitsException} where something acknowledged is not
 *       there; whole commits beyond the note are kept, and noted before anybody sees them.
 *   <li>Every open that appends begins a new file: an append never lands behind a hole.
 * </ul>
 */
public final class ChronicleLog implements MetadataLog {
    /** How much may be appended between two looks at the disk's free space. */
    private static final long LOOK_EVERY_BYTES = 16L << 20;
    /** Others fill the disk, too. */
    private static final long LOOK_EVERY_NANOS = 100_000_000L;

    private final ChronicleLogConfig config;
    private final DirectoryLock lock;
    private final AckNote note;
    private final CycleIndex index;
    private final CycleClock clock;
    private final SingleChronicleQueue queue;
    private final SegmentedAppender appender;
    private final Inbox inbox;
    private final Sequencer sequencer;
    /** Under the inbox's lock. */
    private long unlookedBytes = LOOK_EVERY_BYTES;

    private long lookedNanos;

    private LogIdentity identity;

    private ChronicleLog(
            ChronicleLogConfig config,
            DirectoryLock lock,
            AckNote note,
            LogIdentity identity,
            LogScan scan,
            int lastCycle)
            throws IOException {
        this.config = config;
        this.lock = lock;
        this.note = note;
        this.identity = identity;
        this.index = scan.index();
        this.clock = new CycleClock(lastCycle + 1);
        try {
            this.queue = QueueFiles.open(config.queueDirectory(), clock);
            this.appender = new SegmentedAppender(queue, clock, index, config);
        } catch (StreamCorruptedException | RuntimeException | AssertionError | VirtualMachineError e) {
            // Chronicle looks at the files before it, and throws what it likes when one is damaged where no record
            // lies.
            throw LostCommitsException.sealed(config.directory(), scan.end().seq(), e);
        }
        this.inbox = new Inbox(config.limits().inFlightBytesMax(), this::admit);
        this.sequencer = new Sequencer(inbox, appender, note, scan.end(), config);
    }

    /** Opens the log, or begins one at the config's start position. */
    public static ChronicleLog open(ChronicleLogConfig config) {
        return open(config, () -> {});
    }

    /**
     * The same.
     *
     * @param begins run before a log is begun, and under its lock; not where there is one
     */
    public static ChronicleLog open(ChronicleLogConfig config, Runnable begins) {
        DirectoryLock lock = DirectoryLock.take(config.directory());
        try {
            return open(config, lock, begins);
        } catch (IOException e) {
            lock.close();
            throw new UnreachableException("cannot open the hot log " + config.directory() + ": " + e, e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static ChronicleLog open(ChronicleLogConfig config, DirectoryLock lock, Runnable begins)
            throws IOException {
        LogIdentity identity = LogIdentity.open(config, begins);
        NavigableMap<Integer, Path> files = Cycles.list(config.queueDirectory());
        LogScan scan = LogScan.of(config.queueDirectory(), files, identity.before());
        AckNote note = AckNote.open(config.directory(), config.forcer());
        try {
            check(config, note, identity, scan, files);
            for (Map.Entry<Integer, Path> file : files.entrySet()) {
                if (!scan.index().holds(file.getKey())) {
                    // Trimmed already, or nothing whole ever came into it.
                    Files.deleteIfExists(file.getValue());
                }
            }
            return new ChronicleLog(config, lock, note, identity, scan, files.isEmpty() ? 0 : files.lastKey());
        } catch (IOException | RuntimeException e) {
            note.close();
            throw e;
        }
    }

    private static void check(
            ChronicleLogConfig config,
            AckNote note,
            LogIdentity identity,
            LogScan scan,
            NavigableMap<Integer, Path> files)
            throws IOException {
        Optional<Position> acked = note.read();
        if (acked.isEmpty() && !files.isEmpty()) {
            throw new LostCommitsException(
                    scan.end().seq() + 1,
                    LostCommitsException.UNKNOWN,
                    config.directory().resolve("acked") + " says nothing any more",
                    scan.cause());
        }
        Position end = scan.end();
        Position noted = acked.orElse(identity.before());
        if (end.seq() < noted.seq()) {
            throw new LostCommitsException(end.seq() + 1, noted.seq(), scan.damage(), scan.cause());
        }
        boolean other =
                end.seq() == noted.seq() && noted.seq() > 0 && !end.chain().matches(noted.chain());
        if (other) {
            throw new LostCommitsException(
                    noted.seq(), noted.seq(), "it holds another commit of that seq than the one acknowledged", null);
        }
        if (config.durability() == ChronicleLogConfig.Durability.LOCAL && end.seq() > noted.seq() || acked.isEmpty()) {
            // Whole, though never acknowledged: from now on they are.
            for (Path file : files.values()) {
                try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                    config.forcer().force(file, channel);
                }
            }
            note.write(end);
        }
    }

    /**
     * Puts what is there aside, into {@code damaged-<n>} in the same directory, and begins a new log at the config's start. For
     * a log whose acknowledged commits are all in the archive, and for taking up another timeline.
     */
    public static ChronicleLog reset(ChronicleLogConfig config) {
        return reset(config, () -> {});
    }

    /** The same; {@code begins} as for {@link #open(ChronicleLogConfig, Runnable)}. */
    public static ChronicleLog reset(ChronicleLogConfig config, Runnable begins) {
        try (DirectoryLock held = DirectoryLock.take(config.directory())) {
            held.check();
            Path aside = free(config.directory());
            Files.createDirectory(aside);
            for (String name : new String[] {"queue", "acked", "log.json"}) {
                Path from = config.directory().resolve(name);
                if (Files.exists(from)) {
                    Files.move(from, aside.resolve(name));
                }
            }
            DurableFile.forceDirectory(config.directory());
        } catch (IOException e) {
            throw new UnreachableException("cannot put the hot log " + config.directory() + " aside: " + e, e);
        }
        return open(config, begins);
    }

    private static Path free(Path directory) {
        int n = 1;
        while (Files.exists(directory.resolve("damaged-" + n))) {
            n++;
        }
        return directory.resolve("damaged-" + n);
    }

    @Override
    public CompletableFuture<CommitHeader> append(CommitDraft draft) {
        Pending pending = Pending.of(draft);
        return Interruptible.run("waiting for the hot log", () -> {
            inbox.put(pending);
            return pending.future();
        });
    }

    /** Refuses a draft that does not fit beside what is on disk and what is on its way there. */
    private void admit(long flying, int length) {
        long held = bytesOnDisk() + flying;
        long most = config.limits().bytesOnDiskMax();
        if (held + length > most) {
            throw new LogFullException(
                    "the hot log " + config.directory() + " holds " + held + " bytes of at most " + most
                            + ": nothing more is taken until the archive comes forward; see to the store, or raise --wal-bytes-max");
        }
        unlookedBytes += length;
        long now = System.nanoTime();
        if (unlookedBytes >= LOOK_EVERY_BYTES || now - lookedNanos >= LOOK_EVERY_NANOS) {
            lookedNanos = now;
            long free = config.directory().toFile().getUsableSpace();
            if (free < config.limits().freeBytesMin() + length) {
                throw LogFullException.diskFull("the disk of the hot log " + config.directory() + " has " + free
                        + " bytes free, less than the " + config.limits().freeBytesMin()
                        + " that are kept in reserve: nothing more is taken until there is room");
            }
            unlookedBytes = 0;
        }
    }

    @Override
    public Position head() {
        return sequencer.acked();
    }

    @Override
    public long firstSeq() {
        return index.firstSeqOr(head().seq() + 1);
    }

    @Override
    public LogReader read(long fromSeq) {
        long first = firstSeq();
        if (fromSeq < first || fromSeq > head().seq() + 1) {
            throw new IllegalArgumentException(
                    "the hot log holds seq " + first + " to " + head().seq() + ": it cannot be read from " + fromSeq);
        }
        return new ChronicleReader(QueueFiles.tailer(queue), index, () -> head().seq(), fromSeq);
    }

    @Override
    public synchronized void trimBefore(long seq) {
        NavigableMap<Integer, Position> gone = index.before(seq);
        if (gone.isEmpty()) {
            return;
        }
        try {
            identity = identity.startingAfter(gone.lastEntry().getValue());
            identity.store(config.directory());
            for (Map.Entry<Integer, Position> cycle : gone.entrySet()) {
                index.remove(cycle.getKey());
                Files.deleteIfExists(Cycles.file(config.queueDirectory(), cycle.getKey()));
            }
            queue.refreshDirectoryListing();
        } catch (IOException e) {
            throw new UnreachableException("cannot trim the hot log " + config.directory() + ": " + e, e);
        }
    }

    @Override
    public long bytesOnDisk() {
        return index.bytes();
    }

    @Override
    public void close() {
        sequencer.close();
        try {
            appender.close();
            note.close();
        } catch (IOException e) {
            throw new UnreachableException("cannot close the hot log " + config.directory() + ": " + e, e);
        } finally {
            queue.close();
            lock.close();
        }
    }

    /** Whether another process has this directory, for messages. */
    static BusyException busy(Path directory) {
        return new BusyException("another process has the hot log " + directory
                + " open: stop the daemon first, or let it do this; a log has one writer");
    }
}
