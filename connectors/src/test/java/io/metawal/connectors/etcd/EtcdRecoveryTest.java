package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.testkit.etcd.EtcdServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
@Tag("process")
class EtcdRecoveryTest {
    private final EtcdServer server = EtcdServer.start();
    private final EtcdOptions options = EtcdOptions.parse(server.url()).withObserveMillis(100);
    private final EtcdDriver etcd = new EtcdDriver(options);
    private final FoldingSink sink = new FoldingSink();

    @AfterEach
    void stop() {
        etcd.close();
        server.close();
    }

    private static void assertEveryRevisionOnce(List<Commit> commits) {
        for (int i = 1; i < commits.size(); i++) {
            assertThat(commits.get(i).epoch()).isEqualTo(commits.get(i - 1).epoch() + 1);
            assertThat(commits.get(i).header().afterGap()).isFalse();
        }
    }

    @Test
    void goesOnWhenTheServerIsKilled() throws InterruptedException {
        etcd.put("/a", "1");
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(2);
            for (int i = 0; i < 3; i++) {
                etcd.putMany("/k/" + i, 10, EtcdDriver.bytes("v"));
                server.kill();
                server.restart();
                sink.awaitEpoch(etcd.put("/after", "" + i));
            }
        });
        assertEveryRevisionOnce(sink.commits());
        SameAsEtcd.atEveryCommit(sink, etcd, "", 1);
    }

    @Test
    void goesOnFromItsPosition() throws InterruptedException {
        for (int run = 0; run < 4; run++) {
            long revision = etcd.put("/run/" + run, "1");
            etcd.delete("/run/" + (run - 1));
            Capture.during(options, sink, capture -> sink.awaitEpoch(Math.max(revision, etcd.revision())));
        }
        assertThat(sink.commits().stream().filter(c -> c.header().kind() != CommitKind.DATA))
                .hasSize(1);
        assertEveryRevisionOnce(sink.commits());
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void aCompactedPositionIsAGapAndANewBase() throws InterruptedException {
        etcd.putMany("/k/", 30, EtcdDriver.bytes("v"));
        Capture.during(options, sink, capture -> sink.awaitEpoch(2));
        etcd.delete("/k/00003");
        etcd.put("/k/00005", "other");
        etcd.put("/new", "1");
        etcd.put("/new", "2");
        etcd.compact(5);
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(6);
            sink.awaitEpoch(etcd.put("/live", "1"));
        });
        Commit base = sink.commits().get(1);
        assertThat(base.header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(base.header().afterGap()).isTrue();
        assertThat(base.body().gapReason())
                .isEqualTo(
                        "etcd revisions 3 to 6 were not captured one by one. This base is what etcd held at revision 6:"
                                + " etcd had compacted its history past revision 2");
        assertThat(base.changes()).hasSize(3);
        assertThat(base.changes().get(0).op()).isEqualTo(Op.DELETE);
        assertThat(sink.last().header().afterGap()).isFalse();
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void aDeletionThatCompactionSwallowedIsNotLost() throws InterruptedException {
        etcd.put("/a", "1");
        Capture.during(options, sink, capture -> sink.awaitEpoch(2));
        // The next revision is the compacted one: a watch from there is allowed, yet may not tell of a deletion.
        etcd.compact(etcd.delete("/a"));
        Capture.during(options, sink, capture -> sink.awaitEpoch(3));
        assertThat(sink.last().changes()).hasSize(1);
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void aBaseThatBrokeOffIsDoneAgainWithoutAGap() throws InterruptedException {
        ByteString big = ByteString.copyFrom(new byte[900 << 10]);
        for (int i = 0; i < 30; i++) {
            etcd.put(EtcdDriver.bytes("/big/" + (10 + i)), big, 0);
        }
        sink.refuseAfter(2);
        Capture.during(options, sink, capture -> capture.failure());
        assertThat(sink.commits()).hasSize(2).allMatch(c -> c.header().kind() == CommitKind.BASE_PART);
        sink.takeAll();
        etcd.delete("/big/10");
        etcd.put("/big/11", "small");
        Capture.during(options, sink, capture -> sink.awaitEpoch(33));
        assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(sink.commits()).noneMatch(c -> c.header().afterGap());
        assertThat(sink.resumeAt().toStringUtf8()).matches("[0-9a-f]+@33");
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void aBaseAfterAGapThatBrokeOffKeepsTheGap() throws InterruptedException {
        etcd.put("/a", "1");
        Capture.during(options, sink, capture -> sink.awaitEpoch(2));
        ByteString big = ByteString.copyFrom(new byte[900 << 10]);
        for (int i = 0; i < 12; i++) {
            etcd.put(EtcdDriver.bytes("/big/" + i), big, 0);
        }
        etcd.compact(14);
        sink.refuseAfter(1);
        Capture.during(options, sink, capture -> capture.failure());
        assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE_PART);
        assertThat(sink.resumeAt().toStringUtf8()).endsWith("@14+base-after-2");
        sink.takeAll();
        Capture.during(
                options,
                sink,
                capture -> sink.await("the base", s -> s.commits().size() == 3));
        assertThat(sink.last().body().gapReason()).startsWith("etcd revisions 3 to 14 ");
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void anotherClusterIsRefused() throws InterruptedException {
        etcd.put("/a", "1");
        Capture.during(options, sink, capture -> sink.awaitEpoch(2));
        try (EtcdServer other = EtcdServer.start();
                EtcdSource source = new EtcdSource(EtcdOptions.parse(other.url()), InstantSource.system());
                EtcdSource own = new EtcdSource(options, InstantSource.system())) {
            assertThatThrownBy(() -> source.capture(sink.resumeAt(), sink))
                    .hasMessageContaining("is etcd cluster " + source.identity())
                    .hasMessageContaining("captured from cluster " + own.identity())
                    .extracting(e -> ((MetawalException) e).code())
                    .isEqualTo(ExitCode.SOURCE_CHANGED);
        }
    }

    @Test
    void aClusterThatWentBackIsRefused(@TempDir Path directory) throws InterruptedException, IOException {
        etcd.put("/a", "1");
        server.stop();
        Path copy = directory.resolve("copy");
        copy(server.dataDirectory(), copy);
        server.restart();
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(etcd.put("/a", "2"));
            server.kill();
            delete(server.dataDirectory());
            copy(copy, server.dataDirectory());
            server.restart();
            assertThat(capture.failure())
                    .hasMessageContaining("is at revision 2, but the log holds revision 3")
                    .extracting(e -> ((MetawalException) e).code())
                    .isEqualTo(ExitCode.SOURCE_CHANGED);
        });
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void waitsForAServerThatIsDown() throws InterruptedException {
        etcd.put("/a", "1");
        server.kill();
        try (EtcdSource source = ShortPatience.source(options)) {
            assertThatThrownBy(source::identity)
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining(options.toString());
        }
        Capture.during(options, sink, capture -> {
            server.restart();
            sink.awaitEpoch(2);
        });
    }
}
