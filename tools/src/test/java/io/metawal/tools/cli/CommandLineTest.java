package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract with people and scripts: what is printed, and the exit codes. */
class CommandLineTest {
    private static final String COMMITS = """
            {"epoch":7,"time":"2026-11-21T04:08:14.123456Z","actor":"root","changes":[{"space":"catalog.table","key":"1001","put":"t1"},{"space":"user.info","key":"7","put64":"AP8=","meta":{"b":1,"a":2}}]}
            {"epoch":8,"time":"2026-11-21T04:09:00Z","changes":[{"space":"catalog.table","key":"1001","delete":true}]}
            {"epoch":8,"time":"2026-11-21T04:08:00Z","changes":[{"space":"catalog.table","key":"1002","put":""}]}
            """;

    @TempDir
    Path directory;

    private String repo = "";

    @BeforeEach
    void init() {
        repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo, "--cluster", "prod").exit()).isZero();
    }

    private void appended() {
        assertThat(metawalReading(COMMITS, "append", "--repo", repo).exit()).isZero();
    }

    @Test
    void initAgainSaysSoAndAnotherClusterIsRefused() {
        Ran again = metawal("init", "--repo", repo, "--cluster", "prod");
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("already initialised");
        Ran other = metawal("init", "--repo", repo, "--cluster", "test");
        assertThat(other.exit()).isEqualTo(9);
        assertThat(other.err()).contains("\"prod\"").contains("\"test\"");
    }

    @Test
    void appendAcknowledgesEachLineWithItsClampedClocks() {
        Ran ran = metawalReading(COMMITS, "append", "--repo", repo, "--ack", "archived");
        assertThat(ran.lines())
                .containsExactly(
                        "{\"seq\":1,\"epoch\":7,\"time\":\"2026-11-21T04:08:14.123456Z\"}",
                        "{\"seq\":2,\"epoch\":8,\"time\":\"2026-11-21T04:09:00.000000Z\"}",
                        "{\"seq\":3,\"epoch\":8,\"time\":\"2026-11-21T04:09:00.000000Z\"}");
    }

    @Test
    void aDurationBackNamesAPointWhereverItStands() {
        assertThat(metawalReading(
                                "{\"changes\":[{\"space\":\"t\",\"key\":\"a\",\"put\":\"1\"}]}\n",
                                "append",
                                "--repo",
                                repo)
                        .exit())
                .isZero();
        assertThat(metawal("show", "-PT0S", "--repo", repo).exit()).isZero();
        assertThat(metawal("log", "-PT24H..latest", "--repo", repo).err()).contains("-PT24H");
        assertThat(metawal("diff", "-PT1H..latest", "--repo", repo).exit()).isEqualTo(3);
        assertThat(metawal("show", "-PT9999999999999H", "--repo", repo).exit()).isEqualTo(2);
        assertThat(metawal("show", "time:+999999999-12-31T23:59:59Z", "--repo", repo)
                        .exit())
                .isEqualTo(2);
        assertThat(metawal("show", "time:2999-01-01T00:00:00Z", "--repo", repo).exit())
                .isEqualTo(3);
    }

    @Test
    void aRangeBackwardsIsAMistake() {
        appended();
        Ran ran = metawal("log", "seq:3..seq:1", "--repo", repo);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("a range backwards, from seq 3 to seq 1");
    }

    @Test
    void aRangeThatBeginsAtAMomentBeginsWithTheNextCommit() {
        appended();
        assertThat(seqs("time:2026-11-21T04:08:14.123456Z..")).containsExactly(1L, 2L, 3L);
        assertThat(seqs("time:2026-11-21T04:08:14.1234561Z..")).containsExactly(2L, 3L);
        assertThat(seqs("epoch:8..")).containsExactly(2L, 3L);
        assertThat(seqs("epoch:9..")).isEmpty();
        assertThat(seqs("time:2026-11-21T04:08:20Z..time:2026-11-21T04:08:40Z")).isEmpty();
        assertThat(seqs("time:2026-11-21T04:08:20Z..time:2026-11-21T04:09:40Z")).containsExactly(2L, 3L);
        assertThat(seqs("..time:2026-11-21T04:08:40Z")).containsExactly(1L);
        assertThat(seqs("time:2026-11-21T04:08:40Z")).containsExactly(1L);
        assertThat(metawal("log", "time:2026-11-21T05:00:00Z..", "--repo", repo).err())
                .contains("was cut to what is there: no commit of timeline 1, which ends at seq:3");
    }

    private List<Long> seqs(String range) {
        Ran ran = metawal("log", range, "--repo", repo, "-o", "json");
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.lines().stream()
                .map(line -> Long.parseLong(line.replaceAll(".*?\"seq\":(\\d+).*", "$1")))
                .toList();
    }

    @Test
    void helpOfAVerbIsAVerb() {
        assertThat(metawal("help", "restore").out()).contains("--into");
    }

    @Test
    void aFileThatIsNotThereOrADirectoryIsNamed() {
        String[][] verbs = {
            {"append", "--repo", repo, "%s"},
            {"import", "--repo", repo, "databend:%s"},
            {"info", "-c", "%s", "--repo", repo}
        };
        for (String[] verb : verbs) {
            assertThat(refused(verb, "/nowhere/x")).contains("there is no file /nowhere/x");
            assertThat(refused(verb, "/tmp")).contains("/tmp is a directory");
        }
    }

    private String refused(String[] verb, String file) {
        String[] words = verb.clone();
        for (int n = 0; n < words.length; n++) {
            words[n] = words[n].replace("%s", file);
        }
        Ran ran = metawal(words);
        assertThat(ran.exit()).isEqualTo(2);
        return ran.err();
    }

    @Test
    void clocksThatWouldBlockAllThatComesAreRefused() {
        String change = "\"changes\":[{\"space\":\"t\",\"key\":\"a\",\"put\":\"1\"}]}\n";
        Ran epoch = metawalReading("{\"epoch\":9223372036854775807," + change, "append", "--repo", repo);
        assertThat(epoch.exit()).isEqualTo(2);
        assertThat(epoch.err()).contains("line 1: field \"epoch\"");
        Ran time = metawalReading("{\"time\":\"2999-01-01T00:00:00Z\"," + change, "append", "--repo", repo);
        assertThat(time.exit()).isEqualTo(2);
        assertThat(time.err()).contains("line 1: field \"time\"").contains("ahead of this machine's clock");
    }

    @Test
    void bytesThatAreNoTextSpoilTheirOwnLineAlone() throws IOException {
        Path file = directory.resolve("lines");
        byte[] good = "{\"changes\":[{\"space\":\"t\",\"key\":\"a\",\"put\":\"1\"}]}\n".getBytes(UTF_8);
        byte[] bad = good.clone();
        bad[bad.length - 6] = (byte) 0xff;
        byte[] both = Arrays.copyOf(good, good.length + bad.length);
        System.arraycopy(bad, 0, both, good.length, bad.length);
        Files.write(file, both);
        Ran ran = metawal("append", "--repo", repo, file.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("line 2 is not UTF-8");
        assertThat(ran.lines()).hasSize(1);
        assertThat(metawal("log", "--repo", repo, "-o", "json").lines()).hasSize(1);
    }

    @Test
    void aPointInTimeThatWasRestoredOnceIsNeverAnother() {
        String line = "{\"changes\":[{\"space\":\"t\",\"key\":\"a\",\"put\":\"%s\"}]}\n";
        assertThat(metawalReading(String.format(line, "1"), "append", "--repo", repo)
                        .exit())
                .isZero();
        JsonNode head = metawal("info", "--repo", repo, "-o", "json").json().get("head");
        String time = "time:" + head.get("observedUntil").asText();
        assertThat(metawal("show", time, "--repo", repo).out()).contains("1");
        String earlier =
                "{\"time\":\"2026-01-01T00:00:00Z\"," + String.format(line, "2").substring(1);
        assertThat(metawalReading(earlier, "append", "--repo", repo).exit()).isZero();
        JsonNode plan = metawal("restore", "--repo", repo, "--to", "seq:2", "--plan", "-o", "json")
                .json();
        assertThat(plan.at("/resolved/time").asText())
                .isGreaterThanOrEqualTo(head.get("observedUntil").asText());
    }

    @Test
    void aBadLineIsNamedAndNothingBehindItIsTaken() {
        String bad = COMMITS
                + "{\"changes\":[{\"space\":\"s\",\"key\":\"k\",\"put\":\"v\"},{\"space\":\"S!\",\"key\":\"k\",\"put\":\"v\"}]}\n"
                + COMMITS;
        Ran ran = metawalReading(bad, "append", "--repo", repo);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.lines()).hasSize(3);
        assertThat(ran.err()).contains("line 4").contains("changes[1]").contains("S!");
        assertThat(metawal("info", "--repo", repo, "-o", "json")
                        .json()
                        .at("/head/seq")
                        .asLong())
                .isEqualTo(3);
    }

    @Test
    void badLinesOfEveryKindAreRefused() {
        for (String line : new String[] {
            "nonsense",
            "[]",
            "{}",
            "{\"changes\":{}}",
            "{\"epoch\":-1,\"changes\":[]}",
            "{\"epoch\":1.5,\"changes\":[]}",
            "{\"time\":\"2026-11-21T04:08:14\",\"changes\":[]}",
            "{\"changes\":[{\"space\":\"s\",\"put\":\"v\"}]}",
            "{\"changes\":[{\"space\":\"s\",\"key\":\"k\"}]}",
            "{\"changes\":[{\"space\":\"s\",\"key\":\"k\",\"put\":\"v\",\"delete\":true}]}",
            "{\"changes\":[{\"space\":\"s\",\"key\":\"k\",\"put64\":\"%\"}]}",
            "{\"changes\":[{\"space\":\"s\",\"key\":\"k\",\"key64\":\"AA==\",\"put\":\"v\"}]}",
            "{\"changes\":[]} {}",
            "{\"changes\":[],\"actr\":\"x\"}"
        }) {
            Ran ran = metawalReading(line + "\n", "append", "--repo", repo);
            assertThat(ran.exit()).as(line + ": " + ran.err()).isEqualTo(2);
            assertThat(ran.err()).as(line).contains("line 1");
        }
        assertThat(metawal("log", "--repo", repo).out()).isEmpty();
    }

    @Test
    void restoreGivesSortedLinesAndTheirProof() throws IOException {
        appended();
        Path file = directory.resolve("out.ndjson");
        JsonNode json = metawal("restore", "--repo", repo, "--to", "epoch:7", "--into", "ndjson:" + file, "-o", "json")
                .json();
        assertThat(json.get("schemaVersion").asInt()).isEqualTo(1);
        assertThat(json.at("/resolved/seq").asLong()).isEqualTo(1);
        assertThat(json.get("entries").asLong()).isEqualTo(2);
        assertThat(json.get("verified").asBoolean()).isTrue();
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"space\":\"catalog.table\",\"key\":\"1001\",\"value\":\"t1\"}",
                        "{\"space\":\"user.info\",\"key\":\"7\",\"value64\":\"AP8=\",\"meta\":{\"a\":2,\"b\":1}}");
        Ran again = metawal("restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + file);
        assertThat(again.exit()).isEqualTo(15);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void unreachablePointsWriteNothing() {
        appended();
        Path file = directory.resolve("out.ndjson");
        for (String[] expectation : new String[][] {
            {"seq:0", "3"},
            {"seq:4", "3"},
            {"epoch:6", "3"},
            {"epoch:9", "3"},
            {"time:2020-01-01T00:00:00Z", "3"},
            {"time:2099-01-01T00:00:00Z", "3"},
            {"name:nobody", "3"},
            {"snap:00000001-0000000000000001.00000001", "3"},
            {"2@latest", "3"},
            {"latest~3", "3"},
            {"time:2026-11-21T04:08:14", "2"},
            {"yesterday", "2"},
            {"seq:x", "2"}
        }) {
            Ran ran = metawal("restore", "--repo", repo, "--to", expectation[0], "--into", "ndjson:" + file);
            assertThat(ran.exit()).as(expectation[0] + ": " + ran.err()).isEqualTo(Integer.parseInt(expectation[1]));
            assertThat(file).as(expectation[0]).doesNotExist();
        }
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("repo", "repo.wal");
    }

    @Test
    void exclusiveStopsBeforeThePointByEachOfItsClocks() {
        appended();
        assertThat(plan("seq:2", "--exclusive")).isEqualTo(1);
        assertThat(plan("epoch:8", "--exclusive")).isEqualTo(1);
        assertThat(plan("time:2026-11-21T04:09:00Z", "--exclusive")).isEqualTo(1);
        assertThat(plan("time:2026-11-21T04:09:00.5Z", "--exclusive")).isEqualTo(3);
        assertThat(plan("epoch:8")).isEqualTo(3);
        assertThat(plan("latest~1")).isEqualTo(2);
    }

    private long plan(String ref, String... more) {
        String[] words = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("restore", "--repo", repo, "--to", ref, "--plan", "-o", "json"),
                        java.util.stream.Stream.of(more))
                .toArray(String[]::new);
        Ran ran = metawal(words);
        assertThat(ran.exit()).as(ref + ": " + ran.err()).isZero();
        return ran.json().at("/resolved/seq").asLong();
    }

    @Test
    void pointsAndSnapshotsAreReachedByName() {
        appended();
        assertThat(metawal("point", "create", "good", "--at", "seq:1", "--repo", repo)
                        .exit())
                .isZero();
        assertThat(metawal("point", "create", "good", "--repo", repo).exit()).isEqualTo(9);
        assertThat(plan("name:good")).isEqualTo(1);
        JsonNode snapshot =
                metawal("snapshot", "create", "--repo", repo, "-o", "json").json();
        assertThat(plan("snap:" + snapshot.get("id").asText())).isEqualTo(3);
        Ran refused = metawal("snapshot", "delete", snapshot.get("id").asText(), "--repo", repo);
        assertThat(refused.exit()).isEqualTo(9);
        assertThat(refused.err()).contains("always kept");
        assertThat(metawal("point", "delete", "good", "--repo", repo).exit()).isZero();
        assertThat(metawal("restore", "--repo", repo, "--to", "name:good", "--plan")
                        .exit())
                .isEqualTo(3);
        assertThat(metawal("verify", "--repo", repo, "--level", "replay").exit())
                .isZero();
    }

    @Test
    void aForkLeavesTheAbandonedFutureRestorable() {
        appended();
        Path file = directory.resolve("out.ndjson");
        JsonNode restored = metawal(
                        "restore", "--repo", repo, "--to", "seq:1", "--into", "ndjson:" + file, "--fork", "-o", "json")
                .json();
        assertThat(restored.get("forkedTimeline").asInt()).isEqualTo(2);
        String other =
                "{\"epoch\":9,\"changes\":[{\"space\":\"catalog.table\",\"key\":\"other\",\"put\":\"future\"}]}\n";
        assertThat(metawalReading(other, "append", "--timeline", "2", "--repo", repo)
                        .out())
                .contains("\"seq\":2");
        assertThat(metawal("show", "latest", "catalog.table/other", "--repo", repo)
                        .out())
                .contains("future");
        assertThat(metawal("show", "2@seq:1", "catalog.table/1001", "--repo", repo)
                        .out())
                .contains("t1");
        assertThat(metawal("show", "1@latest", "catalog.table/1002", "--repo", repo)
                        .exit())
                .isZero();
        assertThat(metawal("show", "latest", "catalog.table/1002", "--repo", repo)
                        .exit())
                .isEqualTo(3);
        assertThat(metawal("diff", "1@latest..2@latest", "--repo", repo).out()).contains("3 differences");
        assertThat(metawal("verify", "--repo", repo, "--level", "replay").exit())
                .isZero();
        JsonNode info = metawal("info", "--repo", repo, "-o", "json").json();
        assertThat(info.at("/head/timeline").asInt()).isEqualTo(2);
        assertThat(info.get("timelines")).hasSize(2);
    }

    @Test
    void logShowsFilteredCommitsInEachForm() {
        appended();
        assertThat(metawal("log", "--repo", repo, "-o", "json").lines()).hasSize(3);
        assertThat(metawal("log", "seq:2..", "--repo", repo, "-o", "json").lines())
                .hasSize(2);
        assertThat(metawal("log", "..epoch:7", "--repo", repo, "-o", "json").lines())
                .hasSize(1);
        assertThat(metawal("log", "--actor", "root", "--repo", repo, "-o", "json")
                        .lines())
                .hasSize(1);
        assertThat(metawal("log", "--category", "user", "--repo", repo).out())
                .contains("user.info/7")
                .doesNotContain("catalog.table");
        assertThat(metawal("log", "--key", "catalog.*/100?", "--repo", repo, "-o", "json")
                        .lines())
                .hasSize(3);
        assertThat(metawal("history", "catalog.table/1001", "--repo", repo, "-o", "json")
                        .lines())
                .hasSize(2);
        JsonNode event = metawal("log", "seq:1..seq:1", "--repo", repo, "-o", "cloudevents")
                .json();
        assertThat(event.get("specversion").asText()).isEqualTo("1.0");
        assertThat(event.at("/data/changes")).hasSize(2);
    }

    @Test
    void everyOptionIsAKeyOfTheConfigFileAndUnknownOnesAreRefused() throws IOException {
        appended();
        Path config = directory.resolve("metawal.yaml");
        Files.writeString(config, "repo: " + repo + "\noutput: json\n");
        assertThat(metawal("info", "-c", config.toString())
                        .json()
                        .get("cluster")
                        .asText())
                .isEqualTo("prod");
        Files.writeString(config, "repo: " + repo + "\nrepositry: x\n");
        Ran ran = metawal("info", "-c", config.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("repositry");
    }

    @Test
    void aMissingRepositoryAndAWrongUrlAreClear() {
        assertThat(metawal("info", "--repo", directory.resolve("nothing").toString())
                        .exit())
                .isEqualTo(11);
        assertThat(metawal("info", "--repo", "ftp://x").exit()).isEqualTo(2);
        assertThat(metawal("info").exit()).isEqualTo(2);
        assertThat(metawal("frobnicate").exit()).isEqualTo(2);
    }

    @Test
    void aDamagedSegmentIsNamedAndALostTailIsNeverAShorterHistory() throws IOException {
        appended();
        Path segments = Path.of(repo, "segments", "00000001");
        Path segment = segments.resolve(String.valueOf(segments.toFile().list()[0]));
        byte[] good = Files.readAllBytes(segment);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(segment, bad);
        Ran verify = metawal("verify", "--repo", repo);
        assertThat(verify.exit()).isEqualTo(5);
        assertThat(verify.out()).contains(segment.getFileName().toString());
        Path file = directory.resolve("out.ndjson");
        assertThat(metawal("restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + file)
                        .exit())
                .isEqualTo(5);
        Files.delete(segment);
        assertThat(metawal("verify", "--repo", repo).exit()).isEqualTo(5);
        assertThat(metawal("restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + file)
                        .exit())
                .isEqualTo(4);
        assertThat(file).doesNotExist();
    }

    @Tag("slow")
    @Test
    void theDemoTellsItsStory() {
        Ran ran = metawal("demo", "--fast", "--dir", directory.resolve("demo").toString());
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("hummock_version_id = ").contains("is back: yes");
    }
}
