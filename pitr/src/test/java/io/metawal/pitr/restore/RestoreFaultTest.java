package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I4: a file that changes between replay and target ends in exit 6 with nothing visible, whichever file it is and wherever it changes. */
class RestoreFaultTest {
    @TempDir
    Path scratch;

    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(41));
    private NavigableMap<EntryKey, Entry> image = new TreeMap<>();

    @BeforeEach
    void write() {
        for (int n = 0; n < 3; n++) {
            fixture.append(60).cut();
        }
        image = fixture.model().entriesAt(180);
    }

    private enum Kind {
        STAGED,
        SHOWN_AT_ONCE
    }

    private static class Target implements RestoreTarget {
        private final Kind kind;
        private final TreeMap<EntryKey, Entry> written = new TreeMap<>();
        private boolean prepared;
        private boolean published;

        Target(Kind kind) {
            this.kind = kind;
        }

        @Override
        public String describe() {
            return "a map";
        }

        @Override
        public boolean staged() {
            return kind == Kind.STAGED;
        }

        @Override
        public void check(RestorePoint point) {}

        @Override
        public void examine(Entry entry) {}

        @Override
        public RestoreReport ready() {
            return new RestoreReport(0, 0, List.of());
        }

        @Override
        public void prepare(RestorePoint point) {
            prepared = true;
        }

        @Override
        public void write(Entry entry) {
            written.put(entry.entryKey(), entry);
        }

        @Override
        public RestoreReport publish(Runnable beforeVisible) {
            beforeVisible.run();
            published = true;
            return new RestoreReport(written.size(), 0, List.of());
        }

        @Override
        public void close() {}
    }

    private void restore(Path folder, Target target) {
        // One byte: every segment becomes a run on disk.
        new Restore(
                        History.load(fixture.repository()),
                        new ReplayLimits(1, 1, folder),
                        Restore.Progress.NONE,
                        System::nanoTime)
                .run(Ref.LATEST, false, RepositoryFixture.CLOCK.instant(), () -> target);
    }

    @ParameterizedTest
    @EnumSource
    void aReplayThatIsNotWhatWasCapturedRestoresNothing(Kind kind) {
        fixture.appendMisdigested().cut();
        Target target = new Target(kind);
        assertThatThrownBy(() -> restore(scratch, target))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("was recorded when the commit was captured");
        assertThat(target.published).isFalse();
        if (kind == Kind.SHOWN_AT_ONCE) {
            assertThat(target.written).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFileAndEveryFault(Kind kind) throws Exception {
        List<String> files = new FaultMatrix(scratch, 16, 100).run(() -> new FaultMatrix.Attempt() {
            private final Target target = new Target(kind);

            @Override
            public void restore(Path folder) {
                RestoreFaultTest.this.restore(folder, target);
            }

            @Override
            public void assertRestored() {
                assertThat(target.published).isTrue();
                assertThat(target.written).isEqualTo(image);
            }

            @Override
            public void assertNothingVisible() {
                assertThat(target.published).isFalse();
                if (kind == Kind.SHOWN_AT_ONCE) {
                    assertThat(target.prepared).isFalse();
                }
            }
        });
        assertThat(files.stream().filter(file -> file.contains("run-"))).hasSize(3);
        assertThat(files.stream().filter(file -> file.endsWith("staged.zst")))
                .hasSize(kind == Kind.SHOWN_AT_ONCE ? 1 : 0);
    }

    /** As flip.py did: the file changes after the proof, when the target is being written already. */
    @Test
    void whatChangesAfterTheProofIsNotPublished() throws IOException {
        for (int sixteenth = 0; sixteenth < 16; sixteenth++) {
            double where = sixteenth / 16.0;
            Target target = new Target(Kind.SHOWN_AT_ONCE) {
                @Override
                public void prepare(RestorePoint point) {
                    flip(where);
                }
            };
            assertThatThrownBy(() -> restore(scratch, target))
                    .as("at %s", where)
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("staged.zst is not what was written to it");
            assertThat(target.published).isFalse();
            assertThat(scratch).isEmptyDirectory();
        }
    }

    /** What fails after that would be a failure of a restore that is visible. */
    @Test
    void aTargetThatHidesWhatItIsGivenIsPublishedWhenNothingElseCanFail() {
        Target target = new Target(Kind.STAGED) {
            @Override
            public RestoreReport publish(Runnable beforeVisible) {
                assertThat(scratch).as("temporary files are closed and gone").isEmptyDirectory();
                return super.publish(beforeVisible);
            }
        };
        restore(scratch, target);
        assertThat(target.written).isEqualTo(image);
    }

    /** A target that cannot say what differs does not hide that something does. */
    @Test
    void aTargetThatFailsToNameDifferencesKeepsTheFirstFailure() {
        Target target = new Target(Kind.SHOWN_AT_ONCE) {
            @Override
            public RestoreReport publish(Runnable beforeVisible) {
                throw new MismatchException("the target holds something else");
            }

            @Override
            public List<String> differences(EntryIterator given, int keysMax) {
                throw new IllegalStateException("the connection is closed");
            }
        };
        assertThatThrownBy(() -> restore(scratch, target))
                .isInstanceOf(MismatchException.class)
                .hasMessage("the target holds something else")
                .hasSuppressedException(new IllegalStateException("the connection is closed"));
    }

    /** The entries that come out of the spool are summed up again, however they were changed. */
    @Test
    void entriesThatAreNotThoseProvenAreNotPublished() {
        RestorePlan plan = new RestorePlanner(History.load(fixture.repository()), RepositoryFixture.CLOCK.instant())
                .plan(Ref.LATEST, false);
        ProvenImage.proveGiven(plan, digest());
        image.remove(image.firstKey());
        assertThatThrownBy(() -> ProvenImage.proveGiven(plan, digest()))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("the target holds a part of it, do not use it");
    }

    private Digest digest() {
        return image.values().stream().map(Digest::of).reduce(Digest.EMPTY, Digest::plus);
    }

    private void flip(double where) {
        try (var folders = Files.list(scratch)) {
            Path staged = folders.findFirst().orElseThrow().resolve("staged.zst");
            byte[] bytes = Files.readAllBytes(staged);
            bytes[(int) (where * bytes.length)] ^= 16;
            Files.write(staged, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
