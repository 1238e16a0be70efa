package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.net.TcpProxy;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of a real etcd behind a network that delays, holds and cuts, with compactions at every moment, kills, snapshots put
 * back in place under a living and under a stopped capture, lost data, and bumped revisions. In the end the captured state is etcd's. Every
 * commit is what etcd held at its revision, up to a gap. Or the capture says that the operator must decide.
 */
@Tag("server")
class EtcdHistoryOracleTest {
    private static final int CASES = 10;
    private static final int STEPS = 25;

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostInSilence() {
        Seeded.check(CASES, random -> {
            List<ServerEntry> versions = ServerCatalog.etcdVersions();
            ServerEntry version = versions.get(random.nextInt(versions.size()));
            String prefix = random.nextBoolean() ? "" : "/p/";
            try (EtcdServer server = EtcdServer.start(version);
                    TcpProxy proxy = new TcpProxy(server.port());
                    EtcdDriver etcd = new EtcdDriver(EtcdOptions.parse(server.url()))) {
                new Case(random, server, proxy, etcd, prefix).run();
            }
        });
    }

    private final class Case {
        private final RandomGenerator random;
        private final EtcdServer server;
        private final TcpProxy proxy;
        private final EtcdDriver etcd;
        private final String prefix;
        private final EtcdOptions options;
        private final FoldingSink sink = new FoldingSink();
        private final EtcdModel model = new EtcdModel();
        private final List<String> steps = new ArrayList<>();
        private @Nullable Path snapshot;

        Case(RandomGenerator random, EtcdServer server, TcpProxy proxy, EtcdDriver etcd, String prefix) {
            this.random = random;
            this.server = server;
            this.proxy = proxy;
            this.etcd = etcd;
            this.prefix = prefix;
            this.options = EtcdOptions.parse("etcd://" + proxy.endpoint())
                    .withObserveMillis(30)
                    .withPrefix(EtcdDriver.bytes(prefix));
        }

        void run() throws InterruptedException, IOException {
            model.began(etcd, prefix);
            write(3);
            try {
                for (int captures = 1 + random.nextInt(3); captures > 0; captures--) {
                    steps.add("capture " + server.version() + prefix);
                    Capture.during(options, sink, this::captured);
                    steps.add("stopped");
                    change(random.nextInt(3));
                }
            } catch (SourceChangedException forTheOperator) {
                assertThat(model.incarnations()).as(steps::toString).isGreaterThan(1);
                return;
            } catch (AssertionError e) {
                throw new AssertionError(steps + ": " + e.getMessage(), e);
            }
            assertThat(model.wrong(sink.commits())).as(steps::toString).isEmpty();
        }

        private void captured(Capture capture) throws InterruptedException {
            change(STEPS / 2 + random.nextInt(STEPS));
            steps.add("calm");
            proxy.delay(0, 0);
            proxy.release();
            long last = write(1);
            capture.awaitObserved(sink);
            assertThat(sink.epoch()).as(steps::toString).isEqualTo(last);
            assertThat(model.wrong(sink.commits())).as(steps::toString).isEmpty();
            SameAsEtcd.now(sink, etcd, prefix);
        }

        private void change(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        steps.add("cut");
                        proxy.cut();
                    }
                    case 1 -> {
                        long request = random.nextInt(60);
                        long answer = random.nextInt(60);
                        steps.add("delay " + request + "/" + answer);
                        proxy.delay(request, answer);
                    }
                    case 2 -> hold();
                    case 3, 4, 5 -> compact();
                    case 6 -> replace();
                    default -> write(1 + random.nextInt(4));
                }
                pause(random.nextInt(40));
            }
        }

        private void hold() {
            steps.add("hold");
            proxy.hold();
            if (random.nextBoolean()) {
                pause(random.nextInt(100));
                steps.add("release");
                proxy.release();
            }
        }

        /** Mostly near the newest revision, and right after a deletion: there older etcds lose it. */
        private void compact() throws InterruptedException {
            if (random.nextBoolean()) {
                write(1);
            }
            long at = Math.max(1, etcd.revision() - random.nextInt(3));
            steps.add("compact " + at);
            try {
                etcd.compact(at);
            } catch (CompactedException already) {
                steps.add("is already");
            }
        }

        private void replace() throws InterruptedException {
            int what = random.nextInt(4);
            if (what == 0) {
                Path saved = directory.resolve("snapshot-" + random.nextLong());
                steps.add("save");
                server.saveSnapshot(saved);
                snapshot = saved;
                return;
            }
            server.kill();
            Path saved = snapshot;
            long before = model.newest();
            if (what == 1 || saved == null) {
                steps.add("kill");
                server.restart();
                return;
            }
            // The capture sees it again only once it has grown past where it was; or at once.
            boolean unseen = random.nextInt(4) > 0;
            if (unseen) {
                proxy.hold();
            }
            boolean bumped = !server.version().startsWith("3.4") && random.nextInt(4) == 0;
            steps.add("put back" + (unseen ? ", unseen" : "") + (bumped ? ", bumped" : ""));
            if (what == 3 && random.nextInt(3) == 0) {
                server.loseData();
            } else if (bumped) {
                server.putBack(saved, "--bump-revision", "1000", "--mark-compacted");
            } else {
                server.putBack(saved);
            }
            server.restart();
            model.began(etcd, prefix);
            while (unseen && model.newest() <= before) {
                write(1);
            }
            proxy.cut();
            proxy.release();
        }

        private long write(int count) throws InterruptedException {
            long revision = 0;
            for (int i = 0; i < count; i++) {
                String key = (random.nextInt(3) > 0 ? "/p/" : "/q/") + random.nextInt(6);
                revision = switch (random.nextInt(5)) {
                    case 0 -> deleted(key);
                    case 1 -> etcd.putAndDelete(key.substring(0, 3) + "new", key.substring(0, 3) + random.nextInt(6));
                    case 2 -> etcd.putMany(key, 1 + random.nextInt(5), ByteString.copyFromUtf8("m" + random.nextInt()));
                    default -> etcd.put(key, "v" + random.nextInt(4));
                };
                steps.add("write " + revision);
                model.wrote(etcd, prefix, revision);
            }
            if (!prefix.isEmpty()) {
                // So that the capture of a prefix sees how far it must come.
                revision = etcd.put(prefix + "last", "v" + random.nextInt());
                steps.add("write " + revision);
                model.wrote(etcd, prefix, revision);
            }
            return revision;
        }

        private long deleted(String key) throws InterruptedException {
            etcd.put(key, "to be deleted");
            model.wrote(etcd, prefix, etcd.revision());
            return etcd.delete(key);
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
