package io.metawal.testkit.history;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An endless history as a source would tell it: puts, deletes and re-creations over few keys in several spaces, at times
 * several of one key in one commit; empty and binary keys and values; epochs that stand still, jump, fall or are absent;
 * times that step back.
 */
public final class Drafts {
    private static final List<Space> SPACES =
            List.of(new Space("catalog.table"), new Space("catalog.view"), new Space("id.sequence"), new Space("kv"));
    private static final List<String> ACTORS = List.of("", "root", "alice");
    private static final int CHANGES_MAX = 6;
    private static final int VALUE_BYTES_MAX = 40;
    private static final long FIRST_TIME_MICROS = 1_795_000_000_000_000L;

    private final RandomGenerator random;
    private final int keysPerSpace;
    private long epoch;
    private long timeMicros = FIRST_TIME_MICROS;

    public Drafts(RandomGenerator random) {
        this(random, 12);
    }

    public Drafts(RandomGenerator random, int keysPerSpace) {
        this.random = random;
        this.keysPerSpace = keysPerSpace;
    }

    public CommitDraft next() {
        List<Change> changes = new ArrayList<>();
        for (int left = 1 + random.nextInt(CHANGES_MAX); left > 0; left--) {
            changes.add(change());
        }
        String actor = ACTORS.get(random.nextInt(ACTORS.size()));
        return CommitDraft.of(nextEpoch(), nextTime(), CommitBody.of(actor, "random", changes));
    }

    private Change change() {
        EntryKey key = new EntryKey(SPACES.get(random.nextInt(SPACES.size())), key(random.nextInt(keysPerSpace)));
        if (random.nextInt(3) == 0) {
            return Change.delete(key);
        }
        byte[] value = new byte[random.nextInt(5) == 0 ? 0 : random.nextInt(VALUE_BYTES_MAX)];
        random.nextBytes(value);
        ByteString meta = random.nextInt(4) == 0
                ? ByteString.copyFromUtf8("{\"version\":" + random.nextInt(100) + "}")
                : ByteString.EMPTY;
        return Change.put(key, ByteString.copyFrom(value), meta);
    }

    /** Readable, empty, with zeros, not UTF-8, and such that one is the beginning of another. */
    private static ByteString key(int number) {
        return switch (number) {
            case 0 -> ByteString.EMPTY;
            case 1 -> bytes(0x00);
            case 2 -> bytes(0x00, 0x00);
            case 3 -> bytes(0xff);
            case 4 -> bytes(0x7f, 0x80);
            case 5 -> bytes('1', 0x00);
            default -> ByteString.copyFromUtf8(Integer.toString(number - 5));
        };
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    private long nextEpoch() {
        int dice = random.nextInt(10);
        if (dice == 0) {
            return CommitDraft.ABSENT;
        }
        if (dice == 1) {
            return Math.max(0, epoch - random.nextInt(5));
        }
        epoch += dice < 5 ? 0 : dice < 9 ? 1 : random.nextLong(1000);
        return epoch;
    }

    private long nextTime() {
        int dice = random.nextInt(10);
        if (dice == 0) {
            return CommitDraft.ABSENT;
        }
        if (dice == 1) {
            return timeMicros - random.nextLong(10_000_000);
        }
        timeMicros += dice == 2 ? 0 : random.nextLong(2_000_000);
        return timeMicros;
    }
}
