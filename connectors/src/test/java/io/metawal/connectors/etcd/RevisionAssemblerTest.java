package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.WatchStream.Reply;
import io.metawal.connectors.etcd.rpc.WatchStream.RevisedChange;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RevisionAssemblerTest {
    private static RevisedChange change(long revision, int n) {
        return new RevisedChange(revision, Change.put(EntryKey.of("kv", revision + "/" + n), ByteString.EMPTY));
    }

    private static Reply reply(long revision, boolean fragment, List<RevisedChange> changes) {
        return new Reply(new EtcdHeader(1, 1, revision, 2), false, fragment, changes);
    }

    @Test
    void everySplitIntoFragmentsGivesTheSameRevisions() {
        Seeded.check(200, random -> {
            List<RevisedChange> all = new ArrayList<>();
            List<Revision> expected = new ArrayList<>();
            long revision = 5;
            for (int i = random.nextInt(8); i >= 0; i--) {
                revision += 1 + random.nextInt(3);
                List<Change> changes = new ArrayList<>();
                for (int n = random.nextInt(6); n >= 0; n--) {
                    RevisedChange change = change(revision, n);
                    all.add(change);
                    changes.add(change.change());
                }
                expected.add(new Revision(revision, changes));
            }
            assertThat(assembled(all, random)).isEqualTo(expected);
        });
    }

    private static List<Revision> assembled(List<RevisedChange> all, RandomGenerator random) {
        RevisionAssembler assembler = new RevisionAssembler(5, RevisionNumbers.SPARSE);
        List<Revision> done = new ArrayList<>();
        for (int from = 0; from < all.size(); ) {
            int to = Math.min(all.size(), from + 1 + random.nextInt(4));
            boolean boundary = to == all.size()
                    || all.get(to).revision() != all.get(to - 1).revision();
            boolean fragment = !boundary || to < all.size() && random.nextBoolean();
            done.addAll(assembler.take(reply(all.get(to - 1).revision(), fragment, all.subList(from, to))));
            from = to;
        }
        return done;
    }

    @Test
    void nothingOfARevisionIsShownBeforeItsLastFragment() {
        RevisionAssembler assembler = new RevisionAssembler(5, RevisionNumbers.SPARSE);
        assertThat(assembler.take(reply(6, true, List.of(change(6, 1))))).isEmpty();
        assertThat(assembler.complete()).isEqualTo(5);
        assertThat(assembler.take(reply(6, true, List.of(change(6, 2))))).isEmpty();
        assertThat(assembler.take(reply(6, false, List.of(change(6, 3))))).hasSize(1);
        assertThat(assembler.complete()).isEqualTo(6);
    }

    @Test
    void aNotificationOfProgressCompletesRevisionsOfOthers() {
        RevisionAssembler assembler = new RevisionAssembler(5, RevisionNumbers.SPARSE);
        assertThat(assembler.take(new Reply(new EtcdHeader(1, 1, 9, 2), true, false, List.of())))
                .isEmpty();
        assertThat(assembler.complete()).isEqualTo(5);
        assertThat(assembler.take(reply(9, false, List.of()))).isEmpty();
        assertThat(assembler.complete()).isEqualTo(9);
    }

    @Test
    void aWatchThatGoesBackIsRefused() {
        RevisionAssembler assembler = new RevisionAssembler(5, RevisionNumbers.SPARSE);
        assembler.take(reply(7, false, List.of(change(7, 1))));
        assertThatThrownBy(() -> assembler.take(reply(7, false, List.of(change(7, 2)))))
                .isInstanceOf(MismatchException.class)
                .hasMessageContaining("revision 7 after revision 7");
    }
}
