package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A real etcd that is written to, compacted, killed and put back at random; and the model of what it held at each revision. */
final class RandomEtcd implements AutoCloseable {
    private final RandomGenerator random;
    private final ServerEntry version;
    private final String prefix;
    private final Path directory;
    private final String token;
    private final EtcdModel model = new EtcdModel();
    private final List<String> steps;
    private final EtcdServer first;
    private EtcdServer server;
    private EtcdDriver driver;
    private @Nullable Saved snapshot;

    /** A backup, and the model of what it holds. */
    private record Saved(Path file, Map<Long, List<Entry>> history) {}

    /** @param steps gets a word for each thing that is done */
    RandomEtcd(RandomGenerator random, ServerEntry version, String prefix, Path directory, List<String> steps)
            throws InterruptedException {
        this.random = random;
        this.version = version;
        this.prefix = prefix;
        this.directory = directory;
        this.steps = steps;
        this.token = "random-" + random.nextLong(Long.MAX_VALUE);
        this.first = JoinedMember.first(version, token);
        this.server = first;
        this.driver = new EtcdDriver(EtcdOptions.parse(server.url()));
        model.began(driver, prefix);
    }

    EtcdModel model() {
        return model;
    }

    EtcdDriver driver() {
        return driver;
    }

    int port() {
        return server.port();
    }

    /** Whether its data may be replaced: what is put back is a cluster of one member, by its first name. */
    boolean replaceable() {
        return server == first;
    }

    String version() {
        return server.version();
    }

    /** Random writes; returns the revision of the last, which the capture of the prefix sees. */
    long write(int count) throws InterruptedException {
        long revision = 0;
        for (int i = 0; i < count; i++) {
            String key = (random.nextInt(3) > 0 ? "/p/" : "/q/") + random.nextInt(6);
            revision = switch (random.nextInt(5)) {
                case 0 -> deleted(key);
                case 1 -> driver.putAndDelete(key.substring(0, 3) + "new", key.substring(0, 3) + random.nextInt(6));
                case 2 -> driver.putMany(key, 1 + random.nextInt(5), ByteString.copyFromUtf8("m" + random.nextInt()));
                default -> driver.put(key, "v" + random.nextInt(4));
            };
            wrote(revision);
        }
        return prefix.isEmpty() ? revision : put(prefix + "last", "v" + random.nextInt());
    }

    private long deleted(String key) throws InterruptedException {
        driver.put(key, "to be deleted");
        wrote(driver.revision());
        return driver.delete(key);
    }

    long put(String key, String value) throws InterruptedException {
        long revision = driver.put(key, value);
        wrote(revision);
        return revision;
    }

    long delete(String key) throws InterruptedException {
        long revision = driver.delete(key);
        wrote(revision);
        return revision;
    }

    private void wrote(long revision) throws InterruptedException {
        steps.add("write " + revision);
        model.wrote(driver, prefix, revision);
    }

    /** Mostly near the newest revision, and right after a deletion: there older etcds lose it. */
    void compactNearTheEnd() throws InterruptedException {
        if (random.nextBoolean()) {
            write(1);
        }
        compact(Math.max(1, driver.revision() - random.nextInt(3)));
    }

    void compact(long revision) throws InterruptedException {
        steps.add("compact " + revision);
        try {
            driver.compact(revision);
        } catch (CompactedException already) {
            steps.add("is already");
        }
    }

    void restart() {
        steps.add("kill");
        server.kill();
        server.restart();
    }

    /** An etcd 3.4 sometimes sends no snapshot while it compacts: then the one of before stays. */
    void save() {
        Path file = directory.resolve("snapshot-" + random.nextLong());
        try {
            server.saveSnapshot(file);
            snapshot = new Saved(file, model.saved());
            steps.add("save");
        } catch (IllegalStateException e) {
            steps.add("save in vain");
        }
    }

    boolean saved() {
        return snapshot != null;
    }

    /** How etcd is put back. */
    enum PutBack {
        AS_IT_WAS,
        BUMPED,
        EMPTY
    }

    void putBack(PutBack how) throws InterruptedException {
        steps.add("put back " + how);
        server.kill();
        Saved saved = snapshot;
        boolean bumps = !server.version().startsWith("3.4");
        if (saved == null || how == PutBack.EMPTY) {
            server.loseData();
            server.restart();
            model.began(driver, prefix);
            return;
        }
        if (how == PutBack.BUMPED && bumps) {
            server.putBack(saved.file(), "--bump-revision", "1000", "--mark-compacted");
        } else {
            server.putBack(saved.file());
        }
        server.restart();
        model.putBack(driver, prefix, saved.history());
    }

    /** Writes until the revision that was the newest of the history before is passed. */
    void growPast(long revision) throws InterruptedException {
        while (model.newest() <= revision) {
            write(1);
        }
    }

    /** Another member joins; {@code joined} runs, and the one of before leaves. */
    void replaceMember(Runnable joined) throws InterruptedException, IOException {
        steps.add("another member");
        String left = JoinedMember.member(first).get(0);
        server = JoinedMember.join(first, version, token);
        EtcdDriver before = driver;
        driver = new EtcdDriver(EtcdOptions.parse(server.url()));
        before.close();
        joined.run();
        write(1);
        server.ctl("member", "remove", left);
        write(1);
    }

    @Override
    public void close() {
        driver.close();
        first.close();
        if (server != first) {
            server.close();
        }
    }
}
