package io.metawal.tools.engine;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.WriterRole;
import io.metawal.wal.archive.ArchiveListener;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.archive.Archiver;
import io.metawal.wal.memory.MemoryLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A service and a capture of it in simulated time: the service changes when it does, and the capture sees that late, not at all,
 * or with a wrong clock. What the service was like at any true time is known here; the log, the archiver and the bounds of times are real.
 */
final class SimulatedCapture {
    static final long START = 1_795_000_000_000_000L;
    private static final long OBSERVE_MICROS = 1_000_000;
    private static final ArchivePolicy POLICY =
            new ArchivePolicy(1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(2));

    /** A service's changes, each at its true time; the first is its beginning. */
    record Service(int number, List<Long> changes) {}

    /** True times, both included. */
    record Span(long from, long to) {}

    /** The machine's clock was ahead by so much before and after. */
    private record Step(long at, long before, long after) {}

    /** What the capture saw of a commit: what it had reported before, and when the commit came. */
    record Seen(int timeline, long seq, long observedBefore, long time, boolean afterGap) {}

    private final RandomGenerator random;
    private final Repository repository;
    private final InstantSource machine = () -> Timestamps.instant(now() + skew());
    final List<Service> services = new ArrayList<>();
    final List<Seen> seen = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Long> observed = new ArrayList<>();
    private long now = START;
    private long skew;
    private long suspended;
    private long dueMicros;
    private int delivered;
    private long told;
    private int timeline = 1;
    private @Nullable WriterRole role;
    private @Nullable MemoryLog log;
    private @Nullable Archiver archiver;
    private @Nullable TimeBounds bounds;

    /** @param arbiter whether the store has a right clock of its own; else it has the machine's */
    SimulatedCapture(RandomGenerator random, boolean arbiter) {
        this.random = random;
        MemoryObjectStore store = new MemoryObjectStore(() -> Timestamps.instant(now() + (arbiter ? 0 : skew())));
        this.repository =
                Repository.init(store, "simulated", Timestamps.instant(START)).repository();
        services.add(new Service(1, new ArrayList<>(List.of(START))));
        now += 10_000;
        open("");
    }

    long now() {
        return now;
    }

    private long skew() {
        return skew;
    }

    long machineMicros() {
        return now + skew;
    }

    Repository repository() {
        return repository;
    }

    Service service() {
        return services.get(services.size() - 1);
    }

    int timeline() {
        return timeline;
    }

    boolean running() {
        return log != null;
    }

    /** The service changes, once or several times at once. */
    void change(int count) {
        for (int n = 0; n < count; n++) {
            now += 1 + random.nextInt(2);
            service().changes().add(now);
        }
    }

    /** Time passes; the capture, where it runs, sees what there is. */
    void run(long micros) {
        long end = now + micros;
        while (running() && Math.max(now, dueMicros) < end) {
            now = Math.max(now, dueMicros);
            deliver();
            observe(0);
        }
        now = Math.max(now, end);
        deliver();
    }

    /** The source is asked, and the answer takes so long; what happened meanwhile comes first. */
    void observe(long answerMicros) {
        if (!running()) {
            return;
        }
        long asked = machineMicros();
        dueMicros = now + OBSERVE_MICROS;
        now += answerMicros + random.nextInt(20_000);
        if (answerMicros > 0) {
            stalledChanges(answerMicros);
        }
        deliver();
        long counted = requireNonNull(bounds).observe(asked);
        told = Math.max(told, asked);
        observed.add(now);
        requireNonNull(archiver).observe(requireNonNull(log).head().seq(), delivered, counted);
        archive();
    }

    /** Nothing of the process runs: a partition, SIGSTOP, a full log. */
    void stall(long micros) {
        now += micros;
        stalledChanges(micros);
        dueMicros = Math.max(dueMicros, now);
        deliver();
    }

    /** The machine is suspended: its clock is right afterwards, and the one that measures has counted nothing. */
    void suspend(long micros) {
        suspended += micros;
        stall(micros);
    }

    private long measuredNanos() {
        return (now - suspended) * 1000;
    }

    private void stalledChanges(long micros) {
        for (int n = random.nextInt(3); n > 0; n--) {
            long last = service().changes().get(service().changes().size() - 1);
            long at = now - random.nextLong(micros);
            if (at > last) {
                service().changes().add(at);
            }
        }
    }

    private void deliver() {
        if (!running()) {
            return;
        }
        now += random.nextInt(5_000);
        while (delivered < service().changes().size() - 1 && service().changes().get(delivered + 1) <= now) {
            delivered++;
            commit(CommitKind.DATA, "");
        }
    }

    private void commit(CommitKind kind, String gapReason) {
        CommitBody body =
                new CommitBody("", service().number() + ":" + delivered, ByteString.EMPTY, gapReason, List.of());
        long time = machineMicros();
        CommitDraft draft = requireNonNull(bounds).captured(new CommitDraft(kind, delivered, time, body));
        long seq = requireNonNull(log).append(draft).join().seq();
        seen.add(new Seen(timeline, seq, told, time, !gapReason.isEmpty()));
    }

    void archive() {
        for (int n = 0; running() && n < 3; n++) {
            requireNonNull(archiver).step();
        }
    }

    /** The machine's clock is set. */
    void step(long micros) {
        steps.add(new Step(now, skew, skew + micros));
        skew += micros;
    }

    /** The true times at which the machine's clock said so; where it was put past that, from then until the source was observed again. */
    List<Span> whenClockSaid(long machineMicros) {
        List<Span> found = new ArrayList<>();
        long from = START;
        for (Step step : steps) {
            add(found, machineMicros - step.before(), from, step.at());
            boolean skipped = step.at() + step.before() < machineMicros && machineMicros < step.at() + step.after();
            if (skipped) {
                found.add(new Span(step.at(), observedAgain(step.at())));
            }
            from = step.at();
        }
        add(found, machineMicros - skew, from, now);
        return found;
    }

    private static void add(List<Span> found, long at, long from, long to) {
        if (from <= at && at <= to) {
            found.add(new Span(at, at));
        }
    }

    /** The clocks are compared at a heartbeat, and what was asked before that does not count. */
    private long observedAgain(long after) {
        return observed.stream()
                .filter(at -> at > after + POLICY.heartbeat().toNanos() / 1000)
                .skip(1)
                .findFirst()
                .orElse(now);
    }

    /** The process ends in good order, or is killed; what was not archived is captured again. */
    void stop(boolean killed) {
        if (!running()) {
            return;
        }
        if (!killed) {
            var done = requireNonNull(archiver).flush();
            while (!done.isDone()) {
                requireNonNull(archiver).step();
            }
            requireNonNull(role).release();
        }
        log = null;
    }

    /** Another process goes on; {@code gapReason} says why it takes a base. */
    void start(String gapReason) {
        if (!running()) {
            open(gapReason);
        }
    }

    private void open(String gapReason) {
        role = WriterRole.take(
                repository,
                new WriterRole.Request(
                        "simulated", timeline, "service-" + service().number(), OBSERVE_MICROS, ""),
                machine);
        Position from = role.term().from().position();
        MemoryImage image = new MemoryImage();
        image.load(role.term().from(), EntryIterator.of(List.of()));
        log = new MemoryLog(from, machine, 1 << 28);
        archiver = new Archiver(POLICY, log, image, role, List::of, ArchiveListener.NONE, this::measuredNanos);
        bounds = new TimeBounds(role, machine, this::measuredNanos, () -> suspended * 1000, any -> {});
        seen.removeIf(known -> known.timeline() == timeline && known.seq() > from.seq());
        told = bounds.observedMicros();
        dueMicros = now;
        delivered = resumed(from);
        if (delivered < 0 || !gapReason.isEmpty()) {
            long asked = machineMicros();
            delivered = service().changes().size() - 1;
            now += 3_000;
            commit(CommitKind.BASE, gapReason);
            told = Math.max(told, asked);
            requireNonNull(archiver)
                    .observe(
                            requireNonNull(log).head().seq(),
                            delivered,
                            requireNonNull(bounds).observe(asked));
        } else {
            deliver();
        }
    }

    /** Up to which change the archive has the service; negative where it has nothing of it. */
    private int resumed(Position from) {
        if (from.seq() == 0) {
            return -1;
        }
        String origin = Origins.of(History.load(repository), timeline, from.seq());
        int colon = origin.indexOf(':');
        boolean own = Integer.parseInt(origin.substring(0, colon)) == service().number();
        return own ? Integer.parseInt(origin.substring(colon + 1)) : -1;
    }

    /** The service is lost; a restore begins another one, which lives on a timeline of its own. */
    void fork(long seq) {
        stop(false);
        now += 1_000_000 + random.nextInt(20_000_000);
        Service next = new Service(services.size() + 1, new ArrayList<>(List.of(now)));
        timeline = Forks.fork(
                        repository, timeline, seq, "restored", "service-" + next.number(), Timestamps.instant(now))
                .timeline();
        services.add(next);
        delivered = 0;
        now += random.nextInt(10_000_000);
    }
}
