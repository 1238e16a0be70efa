package io.metawal.testkit.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every object store does, whatever lies under it. */
public abstract class ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("segments/1/0a");
    private static final byte[] BYTES = "0123456789".getBytes(UTF_8);
    private static final int CREATORS = 8;

    /** Neighbours in every way in which a slash can be sorted wrongly; none is a folder of another, as a file cannot be. */
    private static final List<String> TRICKY = List.of(
            "a-", "a-b", "a-c/d", "a.b", "a.c/d", "a/-", "a/b.c", "a/b/c", "a/c", "a0", "aB", "a_", "ab", "ac/d", "b");

    private ObjectStore store = new MemoryObjectStore(InstantSource.system());

    /** An empty store. */
    protected abstract ObjectStore open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void whatWasCreatedIsRead() {
        store.create(KEY, ObjectBody.of(BYTES));
        assertThat(store.read(KEY)).isEqualTo(BYTES);
        ObjectStat stat = Objects.requireNonNull(store.stat(KEY));
        assertThat(stat.key()).isEqualTo(KEY);
        assertThat(stat.size()).isEqualTo(BYTES.length);
        assertThat(store.list("", "", 10)).containsExactly(stat);
    }

    @Test
    void whatIsAbsentIsSaidToBe() {
        assertThat(store.stat(KEY)).isNull();
        assertThatThrownBy(() -> store.read(KEY))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining(KEY.value());
        assertThatThrownBy(() -> store.read(KEY, 0, 1)).isInstanceOf(ObjectNotFoundException.class);
        assertThat(store.list("", "", 10)).isEmpty();
        assertThat(store.list("segments/1/", "", 10)).isEmpty();
    }

    @Test
    void aFolderIsNoObject() {
        store.create(KEY, ObjectBody.of(BYTES));
        ObjectKey folder = new ObjectKey("segments/1");
        assertThat(store.stat(folder)).isNull();
        assertThatThrownBy(() -> store.read(folder)).isInstanceOf(ObjectNotFoundException.class);
        assertThatThrownBy(() -> store.read(folder, 0, 1)).isInstanceOf(ObjectNotFoundException.class);
        store.delete(folder);
        assertThat(store.read(KEY)).isEqualTo(BYTES);
        ObjectKey below = new ObjectKey(KEY + "/below");
        assertThat(store.stat(below)).isNull();
        assertThatThrownBy(() -> store.read(below)).isInstanceOf(ObjectNotFoundException.class);
    }

    @Test
    void nothingIsOverwritten() {
        store.create(KEY, ObjectBody.of(BYTES));
        assertThatThrownBy(() -> store.create(KEY, ObjectBody.of(new byte[3])))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining(KEY.value());
        assertThat(store.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void ofManyCreatorsOneWins() throws Exception {
        for (int round = 0; round < 25; round++) {
            ObjectKey key = new ObjectKey("term/" + round + "/x");
            CyclicBarrier start = new CyclicBarrier(CREATORS);
            List<Callable<Boolean>> creators = new ArrayList<>();
            for (int creator = 0; creator < CREATORS; creator++) {
                byte[] mine = {(byte) creator};
                creators.add(() -> {
                    start.await();
                    return won(key, mine);
                });
            }
            List<Boolean> won = inParallel(creators);
            assertThat(won).containsOnlyOnce(true);
            assertThat(store.read(key)).containsExactly(won.indexOf(true));
        }
    }

    @Test
    void creatorsAndDeletersDoNotDisturbEachOther() throws Exception {
        List<Callable<Boolean>> workers = new ArrayList<>();
        for (int worker = 0; worker < CREATORS; worker++) {
            ObjectKey mine = new ObjectKey("snapshots/1/" + worker % 2 + "/" + worker);
            byte[] bytes = {(byte) worker};
            workers.add(() -> {
                for (int round = 0; round < 50; round++) {
                    store.create(mine, ObjectBody.of(bytes));
                    assertThat(store.read(mine)).isEqualTo(bytes);
                    store.list("snapshots/", "", 10);
                    store.delete(mine);
                }
                return true;
            });
        }
        assertThat(inParallel(workers)).containsOnly(true);
        assertThat(ObjectStores.all(store, "")).isEmpty();
    }

    private boolean won(ObjectKey key, byte[] bytes) {
        try {
            store.create(key, ObjectBody.of(bytes));
            return true;
        } catch (ObjectExistsException lost) {
            return false;
        }
    }

    private static List<Boolean> inParallel(List<Callable<Boolean>> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> done : threads.invokeAll(work)) {
                results.add(done.get());
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aRangeEndsWhereTheObjectDoes() {
        store.create(KEY, ObjectBody.of(BYTES));
        for (int offset = 0; offset <= BYTES.length + 2; offset++) {
            for (int length = 0; length <= BYTES.length + 2; length++) {
                int from = Math.min(offset, BYTES.length);
                int to = Math.min(from + length, BYTES.length);
                assertThat(store.read(KEY, offset, length))
                        .as("%d bytes from %d", length, offset)
                        .isEqualTo(Arrays.copyOfRange(BYTES, from, to));
            }
        }
        assertThat(store.read(KEY, 3, Integer.MAX_VALUE)).isEqualTo("3456789".getBytes(UTF_8));
        assertThat(store.read(KEY, 1L << 40, 1)).isEmpty();
    }

    @Test
    void anEmptyObjectIsOne() {
        store.create(KEY, ObjectBody.of(new byte[0]));
        assertThat(store.read(KEY)).isEmpty();
        assertThat(store.read(KEY, 0, 1)).isEmpty();
        assertThat(Objects.requireNonNull(store.stat(KEY)).size()).isZero();
        assertThatThrownBy(() -> store.create(KEY, ObjectBody.of(BYTES))).isInstanceOf(ObjectExistsException.class);
    }

    @Test
    void aLargeObjectComesFromItsBody() {
        LargeBody body = new LargeBody(20 * 1024 * 1024 + 7);
        store.create(KEY, body);
        ObjectKey again = new ObjectKey("segments/1/0b");
        store.create(again, body);
        assertThat(Objects.requireNonNull(store.stat(KEY)).size()).isEqualTo(body.size());
        assertThat(store.read(KEY)).isEqualTo(body.bytes());
        assertThat(store.read(again, body.size() - 5, 100))
                .isEqualTo(Arrays.copyOfRange(body.bytes(), (int) body.size() - 5, (int) body.size()));
    }

    @Test
    void replacingChangesTheWholeObject() {
        store.replace(KEY, BYTES);
        assertThat(store.read(KEY)).isEqualTo(BYTES);
        store.replace(KEY, new byte[] {1});
        assertThat(store.read(KEY)).containsExactly(1);
        assertThatThrownBy(() -> store.create(KEY, ObjectBody.of(BYTES))).isInstanceOf(ObjectExistsException.class);
        assertThat(store.list("", "", 10)).hasSize(1);
    }

    @Test
    void deletingTwiceIsAsDeletingOnce() {
        store.create(KEY, ObjectBody.of(BYTES));
        store.delete(KEY);
        store.delete(KEY);
        assertThat(store.stat(KEY)).isNull();
        store.create(KEY, ObjectBody.of(BYTES));
        assertThat(store.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void whatIsReturnedIsTheCallersOwn() {
        byte[] given = BYTES.clone();
        store.replace(KEY, given);
        given[0] = 0;
        store.read(KEY)[1] = 0;
        assertThat(store.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    protected void listsAreInTheOrderOfKeysFromAnywhere() {
        TreeSet<String> keys = new TreeSet<>(TRICKY);
        for (String key : TRICKY) {
            store.create(new ObjectKey(key), ObjectBody.of(BYTES));
        }
        TreeSet<String> points = new TreeSet<>(TRICKY);
        points.addAll(
                List.of("", "a", "a-c", "a-c/", "a/", "a/b", "a/b/", "a/z", "ac/", "b/", "c", "x/y", "../", ".", "/"));
        for (String prefix : points) {
            for (String after : points) {
                List<String> expected = keys.stream()
                        .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                        .toList();
                for (int limit = 0; limit <= expected.size() + 1; limit++) {
                    assertThat(names(store.list(prefix, after, limit)))
                            .as("list(%s, %s, %d)", prefix, after, limit)
                            .isEqualTo(expected.subList(0, Math.min(limit, expected.size())));
                }
            }
        }
    }

    @Test
    void manyObjectsAreListedPageByPage() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            keys.add(String.format("manifest/%04x", i));
            store.create(new ObjectKey(keys.get(i)), ObjectBody.of(new byte[i]));
        }
        List<ObjectStat> listed = new ArrayList<>();
        for (String last = ""; listed.size() < keys.size(); last = keys.get(listed.size() - 1)) {
            listed.addAll(store.list("manifest/", last, 7));
        }
        assertThat(names(listed)).isEqualTo(keys);
        assertThat(listed.get(299).size()).isEqualTo(299);
        assertThat(names(ObjectStores.all(store, "manifest/00"))).isEqualTo(keys.subList(0, 256));
    }

    private static List<String> names(List<ObjectStat> stats) {
        return stats.stream().map(stat -> stat.key().value()).toList();
    }
}
