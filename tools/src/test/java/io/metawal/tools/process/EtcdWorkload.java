package io.metawal.tools.process;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.RequestOp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

/**
 * A seeded mix of everything that etcd can be told: puts, overwrites, deletes, re-creations, transactions of several keys,
 * deletes by prefix, leases that expire, empty values, binary keys, values of a MiB.
 */
final class EtcdWorkload {
    private static final int KEYS = 600;
    private static final int IN_FLIGHT = 32;
    private static final int LARGE_EVERY = 700;
    private static final int LEASE_EVERY = 150;
    /** Long enough to be granted before it is used on a busy machine, short enough to expire while the test runs. */
    private static final int LEASE_SECONDS = 3;

    private final EtcdPeer etcd;
    private final RandomGenerator random;
    private int steps;

    EtcdWorkload(EtcdPeer etcd, RandomGenerator random) {
        this.etcd = etcd;
        this.random = random;
    }

    /** Works until the server's revision is at least this. */
    void until(long revision) throws InterruptedException, ExecutionException {
        while (etcd.revision() < revision) {
            List<ListenableFuture<?>> flying = new ArrayList<>();
            for (int n = 0; n < IN_FLIGHT; n++) {
                flying.add(step());
            }
            for (ListenableFuture<?> one : flying) {
                one.get();
            }
        }
    }

    private ListenableFuture<?> step() {
        steps++;
        if (steps % LARGE_EVERY == 0) {
            return etcd.put(key(random.nextInt(20)), bytes(1 << 20), 0);
        }
        if (steps % LEASE_EVERY == 0) {
            return etcd.put(text("lease/" + random.nextInt(50)), text("for a while"), etcd.lease(LEASE_SECONDS));
        }
        return switch (random.nextInt(20)) {
            case 0 -> etcd.delete(key(random.nextInt(KEYS)), ByteString.EMPTY);
            case 1 -> deletePrefix("dir" + random.nextInt(9));
            case 2, 3 -> transaction();
            case 4 -> etcd.put(key(random.nextInt(KEYS)), ByteString.EMPTY, 0);
            case 5 -> etcd.put(bytes(1 + random.nextInt(40)), bytes(20), 0);
            default -> etcd.put(key(random.nextInt(KEYS)), bytes(random.nextInt(300)), 0);
        };
    }

    /** The character after the slash ends the range. */
    private ListenableFuture<?> deletePrefix(String directory) {
        return etcd.delete(text(directory + "/"), text(directory + "0"));
    }

    private ListenableFuture<?> transaction() {
        List<RequestOp> ops = new ArrayList<>();
        int first = random.nextInt(KEYS);
        int count = 2 + random.nextInt(30);
        for (int n = 0; n < count; n++) {
            ByteString key = key((first + n) % KEYS);
            ops.add(random.nextInt(4) == 0 ? EtcdPeer.deleteOp(key) : EtcdPeer.putOp(key, bytes(random.nextInt(100))));
        }
        return etcd.transaction(ops);
    }

    private static ByteString key(int number) {
        return text("dir" + number % 11 + "/key-" + number);
    }

    private ByteString bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
