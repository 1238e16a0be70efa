package io.metawal.tools.process;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    private final Client client;
    private final RandomGenerator random;
    private int steps;

    EtcdWorkload(Client client, RandomGenerator random) {
        this.client = client;
        this.random = random;
    }

    /** Works until the server's revision is at least this. */
    void until(long revision) throws InterruptedException, ExecutionException {
        KV kv = client.getKVClient();
        long at = 0;
        while (at < revision) {
            List<CompletableFuture<?>> flying = new ArrayList<>();
            for (int n = 0; n < IN_FLIGHT; n++) {
                flying.add(step(kv));
            }
            for (CompletableFuture<?> one : flying) {
                one.get();
            }
            at = kv.get(key(0)).get().getHeader().getRevision();
        }
    }

    private CompletableFuture<?> step(KV kv) throws InterruptedException, ExecutionException {
        if (++steps % LARGE_EVERY == 0) {
            return kv.put(key(random.nextInt(20)), ByteSequence.from(bytes(1 << 20)));
        }
        return switch (random.nextInt(20)) {
            case 0 -> kv.delete(key(random.nextInt(KEYS)));
            case 1 ->
                kv.delete(
                        text("dir" + random.nextInt(9) + "/"),
                        DeleteOption.builder().isPrefix(true).build());
            case 2, 3 -> transaction(kv);
            case 4 -> kv.put(key(random.nextInt(KEYS)), ByteSequence.EMPTY);
            case 5 -> leased(kv);
            case 6 -> kv.put(ByteSequence.from(bytes(1 + random.nextInt(40))), ByteSequence.from(bytes(20)));
            default -> kv.put(key(random.nextInt(KEYS)), ByteSequence.from(bytes(random.nextInt(300))));
        };
    }

    private CompletableFuture<?> transaction(KV kv) {
        List<Op> ops = new ArrayList<>();
        int first = random.nextInt(KEYS);
        int count = 2 + random.nextInt(30);
        for (int n = 0; n < count; n++) {
            ByteSequence key = key((first + n) % KEYS);
            ops.add(
                    random.nextInt(4) == 0
                            ? Op.delete(key, DeleteOption.DEFAULT)
                            : Op.put(key, ByteSequence.from(bytes(random.nextInt(100))), PutOption.DEFAULT));
        }
        return kv.txn().Then(ops.toArray(new Op[0])).commit();
    }

    private CompletableFuture<?> leased(KV kv) throws InterruptedException, ExecutionException {
        if (random.nextInt(10) != 0) {
            return kv.put(key(random.nextInt(KEYS)), text("not leased"));
        }
        long lease = client.getLeaseClient().grant(1).get().getID();
        return kv.put(
                text("lease/" + random.nextInt(50)),
                text("for a second"),
                PutOption.builder().withLeaseId(lease).build());
    }

    private ByteSequence key(int number) {
        return text("dir" + number % 11 + "/key-" + number);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ByteSequence text(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
