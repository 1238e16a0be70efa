package io.metawal.wal.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.LogReader;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a log that were torn, truncated, zeroed, flipped, deleted, swapped; and a machine that lost its unsynced pages. Opening
 * gives what was acknowledged (and perhaps whole commits beyond), or an error that says what is missing. Never less in silence.
 */
@Tag("slow")
class ChronicleDamageTest {
    private static final int CASES = 40;
    /** Where Chronicle's own header of a file lies, its write position and index among it. */
    private static final int HEAD_BYTES = 1024;

    private static final int HEAD_FLIPS = 50;
    private static final Duration HANG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private static ChronicleLogConfig config(Path directory, Forcer forcer) {
        return ChronicleLogConfig.of(directory, "c", Position.START, InstantSource.system())
                .with(new ChronicleLogConfig.Limits(6 << 10, Long.MAX_VALUE, 0, 64 << 20))
                .with(forcer);
    }

    private static CommitDraft draft(RandomGenerator random) {
        byte[] value = new byte[random.nextInt(1200)];
        random.nextBytes(value);
        return CommitDraft.of(
                CommitDraft.ABSENT,
                CommitDraft.ABSENT,
                CommitBody.of("", "test", List.of(Change.put(EntryKey.of("t", "k"), ByteString.copyFrom(value)))));
    }

    /** A good log of several openings and files; the chain value at each seq. */
    private static List<Chain> write(Path log, RandomGenerator random, int openings, int commits) {
        List<Chain> chains = new ArrayList<>();
        for (int o = 0; o < openings; o++) {
            try (ChronicleLog opened = ChronicleLog.open(config(log, Forcer.REAL))) {
                for (int n = 0; n < commits; n++) {
                    chains.add(opened.append(draft(random)).join().chain());
                }
            }
        }
        return chains;
    }

    @Test
    void damagedFilesOpenWithEverythingOrNotAtAll() throws IOException {
        Path good = directory.resolve("good");
        List<Chain> chains = write(good, Seeded.random(1), 3, 25);
        Map<String, Integer> outcomes = new TreeMap<>();
        Seeded.check(CASES, random -> {
            Path copy = directory.resolve("copy-" + random.nextLong());
            copyTree(good, copy);
            String what = damage(copy, random);
            String outcome = assertTimeoutPreemptively(HANG, () -> open(copy, chains, what, random), what);
            outcomes.merge(what.split(" ", 2)[0] + " " + outcome, 1, Integer::sum);
            removeTree(copy);
        });
        assertThat(outcomes.keySet().toString()).contains("refused").contains("opened");
    }

    @Test
    void flipsInWhatChronicleKeepsForItselfAreNeverMoreThanATypedRefusal() throws IOException {
        Path good = directory.resolve("good");
        List<Chain> chains = write(good, Seeded.random(2), 3, 12);
        Seeded.check(HEAD_FLIPS, random -> {
            Path copy = directory.resolve("head-" + random.nextLong());
            copyTree(good, copy);
            String what = flipHead(copy, random);
            assertTimeoutPreemptively(HANG, () -> open(copy, chains, what, random), what);
            removeTree(copy);
        });
    }

    private static String flipHead(Path log, RandomGenerator random) throws IOException {
        List<Path> data = data(log);
        Path file = data.get(random.nextInt(data.size()));
        long at = random.nextLong(HEAD_BYTES);
        int bit = random.nextInt(8);
        return write(file, "flip bit " + bit + " of byte " + at, raw -> {
            raw.seek(at);
            int value = raw.read();
            raw.seek(at);
            raw.write(value ^ 1 << bit);
        });
    }

    private static String open(Path log, List<Chain> chains, String what, RandomGenerator random) {
        try (ChronicleLog opened = ChronicleLog.open(config(log, Forcer.REAL))) {
            assertThat(opened.head().seq()).as(what).isEqualTo(chains.size());
            assertThat(read(opened)).as(what).isEqualTo(chains);
            opened.append(draft(random)).join();
        } catch (MetawalException e) {
            assertThat(e.code()).as(what + ": " + e).isEqualTo(ExitCode.CORRUPT);
            assertThat(e.text()).as(what).containsAnyOf("seq", "acked", "log.json");
            return "refused";
        }
        try (ChronicleLog again = ChronicleLog.open(config(log, Forcer.REAL))) {
            assertThat(again.head().seq())
                    .as(what + ": what was appended afterwards")
                    .isEqualTo(chains.size() + 1);
            assertThat(read(again)).as(what).hasSize(chains.size() + 1);
        }
        return "opened";
    }

    private static List<Chain> read(ChronicleLog log) {
        List<Chain> chains = new ArrayList<>();
        try (LogReader reader = log.read(log.firstSeq())) {
            for (CommitRecord record = reader.poll(); record != null; record = reader.poll()) {
                chains.add(record.chain());
            }
        }
        return chains;
    }

    private static List<Path> data(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log.resolve("queue"))) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .toList();
        }
    }

    private static String damage(Path log, RandomGenerator random) throws IOException {
        List<Path> data = data(log);
        Path file = data.get(random.nextInt(data.size()));
        switch (random.nextInt(9)) {
            case 0 -> {
                return write(file, "truncate", raw -> raw.setLength(random.nextLong(used(raw))));
            }
            case 1 -> {
                return write(file, "zero", raw -> {
                    raw.seek(random.nextLong(used(raw)) & ~4095L);
                    raw.write(new byte[8192]);
                });
            }
            case 2, 3 -> {
                return write(file, "flip", raw -> {
                    long at = random.nextLong(used(raw));
                    raw.seek(at);
                    int value = raw.read();
                    raw.seek(at);
                    raw.write(value ^ 1 << random.nextInt(8));
                });
            }
            case 4 -> {
                Files.delete(file);
                return "delete " + file.getFileName();
            }
            case 5 -> {
                Path other = data.get((data.indexOf(file) + 1) % data.size());
                Path aside = log.resolve("aside");
                Files.move(file, aside);
                Files.move(other, file);
                Files.move(aside, other);
                return "swap " + file.getFileName() + " and " + other.getFileName();
            }
            case 6 -> {
                return write(log.resolve("acked"), "note", raw -> {
                    raw.seek(0);
                    raw.write(new byte[1024]);
                });
            }
            case 7 -> {
                Files.write(log.resolve("log.json"), new byte[] {'{', '}'});
                return "identity";
            }
            default -> {
                Files.write(log.resolve("queue/metadata.cq4t"), new byte[] {1, 2, 3, 4});
                return "listing";
            }
        }
    }

    /** What of a file was ever written: behind it are only zeros. */
    private static long used(RandomAccessFile raw) throws IOException {
        byte[] bytes = new byte[(int) Math.min(raw.length(), 8 << 20)];
        raw.seek(0);
        raw.readFully(bytes);
        int end = bytes.length;
        while (end > 1 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private interface Edit {
        void on(RandomAccessFile raw) throws IOException;
    }

    private static String write(Path file, String what, Edit edit) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            edit.on(raw);
        }
        return what + " " + file.getFileName();
    }

    @Test
    void whatWasAcknowledgedSurvivesTheLossOfUnsyncedPages() {
        Seeded.check(10, random -> {
            Path live = directory.resolve("live-" + random.nextLong());
            Path durable = Files.createDirectories(directory.resolve("durable-" + random.nextLong()));
            int commits = 5 + random.nextInt(60);
            List<Chain> chains = new ArrayList<>();
            Forcer recording = (file, channel) -> {
                channel.force(false);
                keep(live, durable, file, channel);
            };
            int cut = random.nextInt(commits);
            try (ChronicleLog log = ChronicleLog.open(config(live, recording))) {
                for (int n = 0; n < commits; n++) {
                    Chain chain = log.append(draft(random)).join().chain();
                    if (n <= cut) {
                        chains.add(chain);
                    }
                    if (n == cut) {
                        Files.copy(live.resolve("log.json"), durable.resolve("log.json"));
                        copyTree(durable, durable.resolveSibling(durable.getFileName() + "-cut"));
                    }
                }
            }
            Path crashed = durable.resolveSibling(durable.getFileName() + "-cut");
            try (ChronicleLog log = ChronicleLog.open(config(crashed, Forcer.REAL))) {
                List<Chain> read = read(log);
                assertThat(read.size()).isGreaterThanOrEqualTo(chains.size());
                assertThat(read.subList(0, chains.size())).isEqualTo(chains);
                log.append(draft(random)).join();
            }
        });
    }

    /** A file as it was when it was last forced. */
    private static void keep(Path live, Path durable, Path file, FileChannel channel) throws IOException {
        Path to = durable.resolve(live.relativize(file).toString());
        Files.createDirectories(to.toAbsolutePath().resolveSibling(""));
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        assertThat(channel.isOpen()).isTrue();
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void removeTree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
