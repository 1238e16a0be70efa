package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A repository whose history forked: timeline 1 has a commit at every full hour from seq 1 at 08:00 on, up to seq 7; timeline 2
 * left it after seq 4, at 11:00, and has commits from 16:30 on, up to seq 6.
 */
class TimelineRefsTest {
    @TempDir
    Path directory;

    private String repo = "";

    @BeforeEach
    void forked() {
        repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo).exit()).isZero();
        StringBuilder first = new StringBuilder();
        for (int hour = 8; hour <= 14; hour++) {
            first.append(line(hour + ":00:00", "one"));
        }
        assertThat(metawalReading(first.toString(), "append", "--repo", repo).exit())
                .isZero();
        assertThat(run("point", "create", "before", "--at", "seq:7").exit()).isZero();
        drill("seq:4", "fork");
        assertThat(metawalReading(
                                line("16:30:00", "two") + line("17:30:00", "two"),
                                "append",
                                "--timeline",
                                "2",
                                "--repo",
                                repo)
                        .exit())
                .isZero();
    }

    private static String line(String time, String value) {
        String padded = time.length() == 7 ? "0" + time : time;
        return "{\"time\":\"2026-11-01T" + padded + "Z\",\"changes\":[{\"space\":\"t\",\"key\":\"k\",\"put\":\"" + value
                + " " + time + "\"}]}\n";
    }

    private void drill(String ref, String name) {
        assertThat(run("restore", "--to", ref, "--into", "ndjson:" + directory.resolve(name), "--fork")
                        .exit())
                .isZero();
    }

    private Ran run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--repo", repo));
        return metawal(all.toArray(String[]::new));
    }

    private Ran plan(String ref, String... more) {
        List<String> all = new ArrayList<>(List.of("restore", "--to", ref, "--plan", "-o", "json"));
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private List<String> log(String range) {
        Ran ran = run("log", range, "-o", "json");
        assertThat(ran.exit()).as(range + ": " + ran.err()).isZero();
        return ran.lines().stream()
                .map(line -> line.replaceAll(".*\"timeline\":(\\d+),\"seq\":(\\d+),.*", "$1@$2"))
                .toList();
    }

    @Test
    void aLabelNamesOneCommitOnOneTimeline() {
        assertThat(plan("name:before").json().at("/resolved/timeline").asInt()).isEqualTo(1);
        assertThat(plan("1@name:before").json().at("/resolved/seq").asInt()).isEqualTo(7);
        Ran other = plan("2@name:before");
        assertThat(other.exit()).isEqualTo(3);
        assertThat(other.err()).contains("seq:7 of timeline 1, not of timeline 2");
        assertThat(run("log", "2@name:before..").exit()).isEqualTo(3);
    }

    @Test
    void aSnapshotNamesOneCommitOnOneTimeline() {
        Ran made = run("snapshot", "create", "--timeline", "1", "-o", "json");
        assertThat(made.exit()).as(made.err()).isZero();
        String id = made.json().get("id").asText();
        assertThat(plan("snap:" + id).json().at("/resolved/timeline").asInt()).isEqualTo(1);
        assertThat(plan("2@snap:" + id).exit()).isEqualTo(3);
    }

    @Test
    void aSeqThatIsOnAnotherTimelineIsNamed() {
        Ran ran = plan("seq:7");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).contains("1@seq:7 exists");
        assertThat(plan("seq:8").err()).doesNotContain("exists");
    }

    @Test
    void aTimeAfterAForkTellsWhichTimelineWasLive() {
        assertThat(plan("time:2026-11-01T10:30:00Z").json().at("/resolved/seq").asInt())
                .isEqualTo(3);
        assertThat(plan("time:2026-11-01T11:30:00Z").json().at("/resolved/seq").asInt())
                .as("the fork point, where both stood then")
                .isEqualTo(4);
        Ran between = plan("time:2026-11-01T14:30:00Z");
        assertThat(between.json().at("/resolved/seq").asInt())
                .as("the current timeline's own answer")
                .isEqualTo(4);
        assertThat(between.json().get("notes").toString())
                .contains("timeline 1 was the one that was written")
                .contains("1@time:2026-11-01T14:30:00Z is seq:7")
                .contains("On timeline 2, the current one, it is seq:4");
        Ran done = run("restore", "--to", "time:2026-11-01T14:30:00Z", "--into", "ndjson:" + directory.resolve("t"));
        assertThat(done.exit()).as(done.err()).isZero();
        assertThat(done.out()).contains("1@time:2026-11-01T14:30:00Z is seq:7");
        assertThat(plan("1@time:2026-11-01T14:30:00Z")
                        .json()
                        .at("/resolved/seq")
                        .asInt())
                .isEqualTo(7);
        JsonNode named = plan("2@time:2026-11-01T14:30:00Z").json();
        assertThat(named.at("/resolved/seq").asInt()).isEqualTo(4);
        assertThat(named.get("notes").toString()).contains("timeline 1 was the one that was written");
        assertThat(plan("time:2026-11-01T17:00:00Z").json().at("/resolved/seq").asInt())
                .isEqualTo(5);
    }

    /** A timeline that cannot be followed to its beginning is listed as that, and the others as ever. */
    @Test
    void aDamagedTimelineHidesNoOther() throws Exception {
        drill("2@seq:5", "third");
        Files.delete(directory.resolve("repo/timelines/00000002.json"));
        Ran list = run("timeline", "list");
        assertThat(list.exit()).as(list.err()).isZero();
        assertThat(list.lines()).hasSize(2);
        assertThat(list.lines().get(0)).contains("ends at seq 7");
        assertThat(list.lines().get(1)).contains("3, forked from 2 after seq 5, cannot be followed: ");
        Ran verify = run("verify");
        assertThat(verify.exit()).isNotZero();
        assertThat(verify.out()).contains("timelines/00000003.json").contains("cannot be followed");
        assertThat(plan("1@time:2026-11-01T14:00:00Z")
                        .json()
                        .at("/resolved/seq")
                        .asInt())
                .isEqualTo(7);
    }

    @Test
    void aRangeGoesThroughTheCommonAncestorOrIsRefused() {
        assertThat(log("seq:3..1@latest")).containsExactly("1@3", "1@4", "1@5", "1@6", "1@7");
        assertThat(log("1@seq:4..latest")).containsExactly("1@4", "2@5", "2@6");
        for (String range : List.of("1@seq:6..latest", "seq:6..1@latest", "name:before..2@latest")) {
            Ran ran = run("log", range);
            assertThat(ran.exit()).as(range).isEqualTo(3);
            assertThat(ran.err()).contains("crosses a fork").contains("up to seq:4");
        }
    }

    @Test
    void aRangeIsCutToWhatIsThere() {
        assertThat(log("1@seq:5..1@seq:100")).containsExactly("1@5", "1@6", "1@7");
        assertThat(log("time:2020-01-01T00:00:00Z..seq:2")).containsExactly("1@1", "1@2");
        assertThat(log("..-PT0S")).hasSize(6);
        assertThat(log("-P9999D..1@seq:1")).containsExactly("1@1");
        assertThat(log("1@seq:8..")).as("who has read all there is").isEmpty();
        assertThat(log("seq:7..")).isEmpty();
        assertThat(log("latest")).containsExactly("2@6");
        assertThat(log("latest~1")).containsExactly("2@5");
        assertThat(run("log", "seq:6..seq:5").exit()).isEqualTo(2);
    }

    @Test
    void aDiffNamesTheTimelines() {
        assertThat(run("diff", "1@latest..2@latest").out())
                .contains("1 differences between seq 7 of timeline 1 and seq 6 of timeline 2");
    }

    @Test
    void appendsPickNoForkByThemselves() {
        Ran several = metawalReading(line("18:00:00", "?"), "append", "--repo", repo);
        assertThat(several.exit()).isEqualTo(2);
        assertThat(several.err()).contains("timelines [1, 2]").contains("--timeline 2");
        assertThat(metawalReading(line("18:00:00", "one"), "append", "--timeline", "1", "--repo", repo)
                        .out())
                .contains("\"seq\":8");
    }

    @Test
    void aForkIntoAFileIsNotTakenUpUnasked() {
        String other = directory.resolve("other").toString();
        assertThat(metawal("init", "--repo", other).exit()).isZero();
        assertThat(metawalReading(line("08:00:00", "1") + line("09:00:00", "2"), "append", "--repo", other)
                        .exit())
                .isZero();
        assertThat(metawal(
                                "restore",
                                "--to",
                                "seq:1",
                                "--into",
                                "ndjson:" + directory.resolve("drill"),
                                "--fork",
                                "--repo",
                                other)
                        .exit())
                .isZero();
        Ran next = metawalReading(line("10:00:00", "3"), "append", "--repo", other);
        assertThat(next.exit()).as(next.err()).isZero();
        assertThat(next.out()).contains("\"seq\":3");
    }

    @Test
    void whatWasAskedForIsRepeatedAsItWasTyped() {
        assertThat(plan("-PT0S").json().get("requested").asText()).isEqualTo("-PT0S");
        assertThat(plan("ago:PT0S").json().get("requested").asText()).isEqualTo("ago:PT0S");
        assertThat(plan("ago:PT0S").json().get("resolved"))
                .isEqualTo(plan("-PT0S").json().get("resolved"));
    }

    @Test
    void timesAreExactBelowAMicrosecondAndSayWhatBearsThem() {
        String same = line("18:00:00.999999", "a") + line("18:00:00.999999", "b") + line("19:00:00", "c");
        assertThat(metawalReading(same, "append", "--timeline", "2", "--repo", repo)
                        .exit())
                .isZero();
        JsonNode both = plan("time:2026-11-01T18:00:00.9999999Z").json();
        assertThat(both.at("/resolved/seq").asInt()).isEqualTo(8);
        assertThat(both.get("notes").toString()).contains("2 commits bear this time");
        assertThat(seq(plan("time:2026-11-01T18:00:00.9999999Z", "--exclusive")))
                .as("both are before it")
                .isEqualTo(8);
        Ran before = plan("time:2026-11-01T18:00:00.999999Z", "--exclusive");
        assertThat(seq(before)).isEqualTo(6);
        assertThat(before.json().get("notes").toString())
                .contains("2 commits bear this time")
                .contains("left out");
        assertThat(seq(plan("time:2026-11-01T19:00:00Z"))).isEqualTo(9);
        assertThat(seq(plan("time:2026-11-01T19:00:00Z", "--exclusive"))).isEqualTo(8);
    }

    private static int seq(Ran plan) {
        return plan.json().at("/resolved/seq").asInt();
    }
}
