package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.metawal.testkit.seed.Seeded;
import io.metawal.tools.cli.MetawalCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An append that is killed at random moments: every line that it acknowledged is there, once, whole, in order (I3). */
@Tag("process")
class AppendKillTest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int ROUNDS = Seeded.size(6, 12);
    private static final int LINES = 4000;

    @TempDir
    Path temporary;

    private Path directory = Path.of("");

    @Test
    void everyAcknowledgedLineIsThereOnce() {
        Seeded.checkSeeds(11, 1, this::killed);
    }

    private void killed(long seed) throws Exception {
        directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        String repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo)).isZero();
        RandomGenerator random = Seeded.random(seed);
        TreeSet<Integer> acknowledged = new TreeSet<>();
        TreeSet<Integer> offered = new TreeSet<>();
        int next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Path out = directory.resolve("acks-" + round);
            int from = next;
            boolean archived = round % 3 == 2;
            try (MetawalProcess process = MetawalProcess.startAppend(out, repo, archived ? "archived" : "local")) {
                next = feed(process, out, from, random, offered);
                process.kill();
            }
            List<Long> seqs = acks(out);
            assertThat(seqs).as("seed %d, round %d", seed, round).isSorted().doesNotHaveDuplicates();
            for (int n = 0; n < seqs.size(); n++) {
                acknowledged.add(from + n);
            }
        }
        assertThat(acknowledged).as("something was acknowledged").hasSizeGreaterThan(ROUNDS);
        assertThat(metawal(
                        "append",
                        "--repo",
                        repo,
                        Files.createFile(directory.resolve("none")).toString()))
                .isZero();
        List<Integer> logged = logged(repo);
        assertThat(logged).as("seed %d: once and in order", seed).isSorted().doesNotHaveDuplicates();
        assertThat(new TreeSet<>(logged)).as("seed %d", seed).containsAll(acknowledged);
        assertThat(offered).containsAll(logged);
        assertThat(metawal("verify", "--level", "replay", "--repo", repo)).isZero();
    }

    /** Writes lines until a random moment, mostly after the first acknowledgement; returns the number of the next line. */
    private static int feed(MetawalProcess process, Path out, int from, RandomGenerator random, Set<Integer> offered) {
        boolean atStart = random.nextInt(5) == 0;
        long until = atStart ? System.nanoTime() + random.nextLong(1_500_000_000L) : Long.MAX_VALUE;
        int number = from;
        try {
            OutputStream in = process.input();
            while (System.nanoTime() < until && number < from + LINES) {
                if (until == Long.MAX_VALUE && Files.size(out) > 0) {
                    until = System.nanoTime() + random.nextLong(900_000_000L);
                }
                offered.add(number);
                in.write(line(number, random).getBytes(StandardCharsets.UTF_8));
                number++;
                if (number % 50 == 0) {
                    in.flush();
                    LockSupport.parkNanos(random.nextLong(20_000_000L));
                }
            }
            in.flush();
            while (!atStart && Files.size(out) == 0) {
                assertThat(process.alive()).isTrue();
                LockSupport.parkNanos(1_000_000L);
            }
        } catch (IOException e) {
            throw new AssertionError("the process went before it was killed", e);
        }
        return number;
    }

    private static String line(int number, RandomGenerator random) {
        String value = "v".repeat(random.nextInt(200));
        return "{\"changes\":[{\"space\":\"test.line\",\"key\":\"number\",\"put\":\"" + number
                + "\"},{\"space\":\"test.value\",\"key\":\"" + random.nextInt(50) + "\",\"put\":\"" + value + "\"}]}\n";
    }

    private static List<Long> acks(Path out) throws IOException {
        List<Long> seqs = new ArrayList<>();
        for (String line : Files.readString(out).split("\n", -1)) {
            if (line.startsWith("{\"seq\":") && line.endsWith("}")) {
                seqs.add(JSON.readTree(line).get("seq").asLong());
            }
        }
        return seqs;
    }

    private static List<Integer> logged(String repo) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (PrintStream to = new PrintStream(shown, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            assertThat(metawal("log", "--repo", repo, "-o", "json")).isZero();
        } finally {
            System.setOut(before);
        }
        List<Integer> numbers = new ArrayList<>();
        for (String line : shown.toString(StandardCharsets.UTF_8).lines().toList()) {
            numbers.add(
                    Integer.parseInt(JSON.readTree(line).at("/changes/0/put").asText()));
        }
        return numbers;
    }

    private static int metawal(String... words) {
        return MetawalCommand.run(words, System.out, System.err);
    }
}
