package io.metawal.tools.cli;

import io.metawal.connectors.ndjson.CommitJson;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.SourceKinds;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.StandardInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "append",
        mixinStandardHelpOptions = true,
        description = {
            "Append commits, a line of JSON each, from a file or standard input; each is acknowledged on standard output",
            "as {\"seq\":…,\"epoch\":…,\"time\":…} once it is durable. A bad line ends it: what stands before it is in, the rest is not."
        })
final class AppendCommand implements Callable<Integer> {
    /** When a commit is acknowledged. */
    enum Ack {
        LOCAL,
        ARCHIVED
    }

    private static final int IN_FLIGHT_MAX = 4096;
    private static final Duration AHEAD_MAX = Duration.ofSeconds(5);

    @Mixin
    private final RepositoryOptions repository;

    @Mixin
    private final WriterOptions writer;

    @Option(names = "--ack", defaultValue = "local", description = "local: fsynced here; archived: in the repository")
    private Ack ack = Ack.LOCAL;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "default, and for -: standard input")
    private @Nullable Path file;

    private boolean dated;

    AppendCommand() {
        this(new RepositoryOptions(), new WriterOptions(), null);
    }

    private AppendCommand(RepositoryOptions repository, WriterOptions writer, @Nullable Path file) {
        this.repository = repository;
        this.writer = writer;
        this.file = file;
    }

    /** @param acknowledged complete once the commit may be acknowledged */
    private record Waiting(CompletableFuture<CommitHeader> header, CompletableFuture<?> acknowledged) {}

    @Override
    public Integer call() throws IOException {
        return run("append");
    }

    /** The same from a file, for {@code import}. */
    static int append(RepositoryOptions repository, WriterOptions writer, Path file, String origin) throws IOException {
        return new AppendCommand(repository, writer, file).run(origin);
    }

    private int run(String origin) throws IOException {
        Repository open = repository.open();
        try (InputStream in = opened();
                Engine engine = writer.open(repository, open, "")) {
            SourceKinds.requireOwn(engine);
            long unarchived;
            try {
                appendAll(engine, in, origin);
            } finally {
                // Commits that bring times of their own say nothing about now.
                unarchived = dated
                        ? engine.flush()
                        : engine.flush(Timestamps.micros(repository.clock().instant()));
            }
            return Unarchived.told(unarchived, engine);
        }
    }

    private InputStream opened() throws IOException {
        if (file == null || file.toString().equals("-")) {
            return System.in;
        }
        return StandardInput.of(InputFile.of(file.toString(), "a file of commits, a line of JSON each"));
    }

    private void appendAll(Engine engine, InputStream in, String origin) throws IOException {
        Queue<Waiting> waiting = new ArrayDeque<>();
        try {
            ByteLines lines = new ByteLines(in);
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    continue;
                }
                waiting.add(append(engine, draft(line, lines.number(), origin)));
                acknowledge(waiting, !lines.ready());
            }
        } finally {
            acknowledge(waiting, true);
        }
    }

    private CommitDraft draft(String line, long number, String origin) {
        try {
            CommitDraft draft = CommitJson.read(line, origin);
            long latest = Timestamps.micros(repository.clock().instant().plus(AHEAD_MAX));
            if (draft.timeMicros() > latest) {
                // Times never fall: all that comes later would have to bear this one.
                throw new UsageException("field \"time\": " + Timestamps.print(draft.timeMicros()) + " is more than "
                        + AHEAD_MAX.toSeconds() + " s ahead of this machine's clock, which says "
                        + Timestamps.print(Timestamps.micros(repository.clock().instant())));
            }
            dated |= draft.timeMicros() != CommitDraft.ABSENT;
            return draft;
        } catch (UsageException e) {
            throw new UsageException(
                    "line " + number + ": " + e.text() + "; this line and what follows were not taken", e);
        }
    }

    private Waiting append(Engine engine, CommitDraft draft) {
        CompletableFuture<CommitHeader> header = engine.append(draft);
        CompletableFuture<?> done = ack == Ack.LOCAL
                ? header
                : header.thenCompose(h -> engine.archiver().whenArchived(h.seq()));
        return new Waiting(header, done);
    }

    /** Prints what may be acknowledged, in order; waits for all of it where more input would have to be waited for. */
    private static void acknowledge(Queue<Waiting> waiting, boolean all) {
        while (!waiting.isEmpty()
                && (all
                        || waiting.size() > IN_FLIGHT_MAX
                        || waiting.element().acknowledged().isDone())) {
            Waiting next = waiting.remove();
            try {
                next.acknowledged().join();
            } catch (CompletionException e) {
                waiting.clear();
                if (e.getCause() instanceof MetawalException known) {
                    throw known;
                }
                throw e;
            }
            CommitHeader header = next.header().join();
            System.out.println(Json.line(Json.clocks(header.seq(), header.epoch(), header.timeMicros())));
        }
        System.out.flush();
    }
}
