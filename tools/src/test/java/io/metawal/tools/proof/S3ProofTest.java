package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.verify.Level;
import io.metawal.pitr.verify.Verifier;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.s3.FaultProxy;
import io.metawal.testkit.s3.S3Server;
import io.metawal.testkit.seed.Seeded;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proofs of this package in small, on a real S3 service over HTTP. */
@Tag("server")
class S3ProofTest {
    private static S3Server server;

    @TempDir
    Path scratch;

    @BeforeAll
    static void start() {
        server = S3Server.shared();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ObjectStore store(String url, URI by) {
        return S3ObjectStore.open(url, server.environment(by));
    }

    private static ObjectStore store() {
        return store(server.freshUrl(), server.endpoint());
    }

    private ReplayLimits limits() {
        return Collected.limits(scratch, 2, 1 << 20);
    }

    private static World history(ObjectStore store) {
        World world = new World(store, Seeded.random(41));
        world.append(9);
        world.snapshot();
        world.append(7);
        world.archive();
        world.reopen();
        world.appendBase(2, "");
        world.append(6);
        world.fork(world.lastSeq() - 4);
        world.append(5);
        world.snapshot();
        return world;
    }

    private void everyPointIsRight(ObjectStore store, World world) {
        History history = History.load(Repository.open(store));
        for (int timeline : history.timelines().keySet()) {
            Model model = world.model(timeline);
            for (long seq = 1; seq <= model.lastSeq(); seq++) {
                if (model.commit(seq).header().kind().restorable()) {
                    assertThat(Collected.restore(history, timeline + "@seq:" + seq, false, limits())
                                    .entries())
                            .as("%d@seq:%d", timeline, seq)
                            .isEqualTo(model.entriesAt(seq));
                }
            }
        }
        assertThat(verified(store, Level.REPLAY)).isEmpty();
    }

    private String verified(ObjectStore store, Level level) {
        var findings = new Verifier(Repository.open(store), limits(), World.CLOCK.instant(), () -> {})
                .run(level)
                .findings();
        return findings.isEmpty() ? "" : findings.toString();
    }

    @Test
    void everyPointRestores() {
        try (ObjectStore store = store()) {
            everyPointIsRight(store, history(store));
        }
    }

    @Test
    void everyPointRestoresOverANetworkThatFails() {
        String url = server.freshUrl();
        try (FaultProxy proxy = new FaultProxy(server.endpoint());
                ObjectStore faulty = store(url, proxy.endpoint());
                ObjectStore sound = store(url, server.endpoint())) {
            proxy.anytime(Seeded.random(43), 0.05);
            everyPointIsRight(sound, history(faulty));
        }
    }

    @Test
    void whatIsMissingDamagedOrExchangedIsNamedAndNeverRestored() {
        try (ObjectStore store = store()) {
            World world = history(store);
            List<ObjectStat> objects = ObjectStores.all(store, "");
            for (ObjectStat stat : objects) {
                byte[] good = store.read(stat.key());
                store.delete(stat.key());
                named(store, stat.key(), "deleted");
                rightOrRefused(store, world, stat.key() + " deleted");
                byte[] bad = good.clone();
                bad[bad.length / 2] ^= 4;
                store.replace(stat.key(), bad);
                named(store, stat.key(), "flipped");
                rightOrRefused(store, world, stat.key() + " flipped");
                store.replace(stat.key(), Arrays.copyOf(good, good.length / 2));
                named(store, stat.key(), "cut short");
                rightOrRefused(store, world, stat.key() + " cut short");
                ObjectKey other = sibling(objects, stat.key());
                if (other != null) {
                    byte[] others = store.read(other);
                    store.replace(stat.key(), others);
                    store.replace(other, good);
                    named(store, stat.key(), "exchanged with " + other);
                    rightOrRefused(store, world, stat.key() + " exchanged with " + other);
                    store.replace(other, others);
                }
                store.replace(stat.key(), good);
                ObjectKey copy = new ObjectKey(stat.key() + "x");
                store.create(copy, ObjectBody.of(good));
                named(store, copy, "a copy of " + stat.key());
                rightOrRefused(store, world, copy + ", a copy");
                store.delete(copy);
            }
            assertThat(verified(store, Level.CHAIN)).isEmpty();
        }
    }

    /** Another object of the same folder; null where there is none. */
    private static @Nullable ObjectKey sibling(List<ObjectStat> objects, ObjectKey key) {
        String folder = key.value().substring(0, key.value().lastIndexOf('/') + 1);
        return objects.stream()
                .map(ObjectStat::key)
                .filter(other -> !folder.isEmpty() && other.value().startsWith(folder) && !other.equals(key))
                .findFirst()
                .orElse(null);
    }

    private void rightOrRefused(ObjectStore store, World world, String what) {
        try {
            assertThat(Collected.restore(History.load(Repository.open(store)), "latest", false, limits())
                            .entries())
                    .as(what)
                    .isEqualTo(world.model().entriesAt(world.lastSeq()));
        } catch (MetawalException e) {
            assertThat(e.code()).as(what).isNotIn(ExitCode.DONE, ExitCode.FAILED);
        }
    }

    private void named(ObjectStore store, ObjectKey key, String what) {
        try {
            assertThat(verified(store, Level.CHAIN)).as("%s %s", key, what).contains(key.value());
        } catch (MetawalException e) {
            assertThat(e.text()).as("%s %s", key, what).contains(key.value());
            assertThat(e.code()).isNotIn(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE);
        }
    }
}
