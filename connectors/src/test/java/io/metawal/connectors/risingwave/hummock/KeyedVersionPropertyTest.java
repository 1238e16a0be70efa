package io.metawal.connectors.risingwave.hummock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.DoesNotFit;
import io.metawal.connectors.risingwave.simulated.RandomDeltas;
import io.metawal.connectors.risingwave.simulated.RwEra;
import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random deltas, applied to the keyed version and, by an implementation that knows nothing of it, to the whole message. */
@Tag("slow")
class KeyedVersionPropertyTest {
    private static final int CASES = 5;
    private static final int STEPS = 120;

    private HummockVersion whole = HummockVersion.getDefaultInstance();
    private KeyedVersion keyed = KeyedVersion.of(whole);
    private HummockDialect dialect = HummockDialect.UNKNOWN;
    private SimulatedRelease release = SimulatedRelease.ASSUMED;
    private final TreeMap<EntryKey, Entry> folded = new TreeMap<>();

    @ParameterizedTest
    @EnumSource(RwEra.class)
    void keyed_entries_are_the_whole_message_at_every_step(RwEra era) {
        Seeded.check(CASES, random -> run(random, new RandomDeltas(random.nextLong(), era)));
    }

    @ParameterizedTest
    @EnumSource(
            value = RwEra.class,
            names = {"V1_0", "V1_10"})
    void so_they_are_by_the_rules_of_the_releases_on_etcd(RwEra era) {
        release = SimulatedRelease.V2_0;
        dialect = HummockDialect.ON_ETCD;
        Seeded.check(CASES, random -> run(random, new RandomDeltas(random.nextLong(), era)));
    }

    @ParameterizedTest
    @EnumSource(
            value = SimulatedRelease.class,
            mode = EnumSource.Mode.EXCLUDE,
            // The releases on etcd: above. Whether v2.2 numbers groups is known only once a compaction has shown it:
            // HummockRulesTest has that.
            names = {"ASSUMED", "V2_0", "V2_2"})
    void so_they_are_by_the_rules_of_each_release(SimulatedRelease by) {
        release = by;
        dialect = new HummockDialect(by.minor());
        Seeded.check(CASES, random -> run(random, new RandomDeltas(random.nextLong(), by)));
    }

    private void run(RandomGenerator random, RandomDeltas deltas) {
        begin(random.nextInt(4) == 0 ? deltas.large(12, 150) : RandomDeltas.first());
        for (int n = 0; n < STEPS; n++) {
            if (random.nextInt(4) == 0) {
                refuse(deltas.invalid(whole));
            }
            step(deltas.next(whole));
            if (random.nextInt(10) == 0) {
                keyed = KeyedVersion.load(EntryIterator.of(folded.values()), dialect);
            }
            if (random.nextInt(20) == 0) {
                begin(whole);
            }
        }
    }

    private void begin(HummockVersion version) {
        whole = version;
        keyed = KeyedVersion.of(version, dialect);
        folded.clear();
        VersionEntries.split(version, entry -> folded.put(entry.entryKey(), entry));
    }

    private void step(HummockVersionDelta delta) {
        HummockVersion next = WholeVersion.apply(whole, delta, release);
        List<Change> changes;
        try {
            changes = keyed.apply(delta);
        } catch (HummockFaultException e) {
            throw new AssertionError("the whole message takes " + delta, e);
        }
        fold(changes);
        assertThat(keyed.toVersion()).as("after %s on %s", delta, whole).isEqualTo(next);
        assertThat(keyed.id()).isEqualTo(delta.getId());
        List<Entry> entries = new ArrayList<>();
        keyed.entries().forEachRemaining(entries::add);
        assertThat(entries).containsExactlyElementsOf(folded.values());
        whole = next;
    }

    /** Takes the changes, each of which has to change something, in the order of their keys. */
    private void fold(List<Change> changes) {
        assertThat(changes).extracting(Change::entryKey).isSorted().doesNotHaveDuplicates();
        for (Change change : changes) {
            Entry before = folded.get(change.entryKey());
            if (change.op() == Op.PUT) {
                assertThat(before).isNotEqualTo(Entry.of(change));
                folded.put(change.entryKey(), Entry.of(change));
            } else {
                assertThat(before).isNotNull();
                folded.remove(change.entryKey());
            }
        }
    }

    private void refuse(HummockVersionDelta delta) {
        assertThatThrownBy(() -> WholeVersion.apply(whole, delta, release)).isInstanceOf(DoesNotFit.class);
        assertThatThrownBy(() -> keyed.apply(delta))
                .as("%s on %s", delta, whole)
                .isInstanceOf(HummockFaultException.class)
                .hasMessageContaining("expected");
        List<Entry> entries = new ArrayList<>();
        keyed.entries().forEachRemaining(entries::add);
        assertThat(entries).containsExactlyElementsOf(folded.values());
    }
}
