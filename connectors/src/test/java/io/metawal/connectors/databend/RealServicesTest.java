package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real services exported, against what they said themselves; and what four real servers made of predicates. */
class RealServicesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static boolean there() {
        return Exports.haveServices();
    }

    /** The export's log, from its beginning, leads to the export's own state. */
    @ParameterizedTest
    @ValueSource(strings = {"cluster3-leader-change-260304", "or-260304"})
    @EnabledIf("there")
    void the_log_leads_to_the_state(String name) {
        Imported imported = new Imported();
        ImportReport report = imported.add(Exports.service(name + ".ndjson"));
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).noneMatch(note -> note.contains("history begins"));
        assertThat(imported.sink.commits()).noneMatch(commit -> commit.header().afterGap());
    }

    @Test
    @EnabledIf("there")
    void a_counter_of_an_older_release_is_where_the_service_had_it() throws Exception {
        Imported imported = new Imported();
        assertThat(imported.add(Exports.service("fetchadd-1.2.763.ndjson")).findings())
                .isEmpty();
        JsonNode want = JSON.readTree(Exports.service("fetchadd-1.2.763.want.json"));
        Map<EntryKey, Entry> image = imported.latest();
        TreeMap<String, String> found = new TreeMap<>();
        image.values().stream()
                .filter(entry -> DatabendSpaces.holdsRecords(entry.entryKey().space()))
                .forEach(entry -> {
                    KvRecord record = KvRecord.of(entry);
                    found.put(
                            entry.entryKey().key().toStringUtf8(),
                            record.seq() + " " + hex(record.data().toByteArray())
                                    + (record.meta().expires()
                                            ? " " + record.meta().expireMs() / 1000
                                            : ""));
                });
        TreeMap<String, String> wanted = new TreeMap<>();
        want.get("recs")
                .properties()
                .forEach(each -> wanted.put(
                        each.getKey(),
                        each.getValue().get(0).asText() + " "
                                + each.getValue().get(1).asText()
                                + (each.getValue().path(2).path(0).isNumber()
                                        ? " "
                                                + seconds(each.getValue()
                                                        .get(2)
                                                        .get(0)
                                                        .asLong())
                                        : "")));
        assertThat(found).containsAllEntriesOf(wanted);
        assertThat(Imported.value(image, "id.sequences", "generic-kv"))
                .isEqualTo(want.get("last_seq").asText());
    }

    private static long seconds(long time) {
        return time > 100_000_000_000L ? time / 1000 : time;
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }

    private static final String TRUE = "{\"key\":\"none\",\"expected\":0,\"target\":{\"Seq\":0}}";
    private static final String FALSE = "{\"key\":\"none\",\"expected\":0,\"target\":{\"Seq\":9}}";

    /** Seen at 260304.0.0 and 260312.5.0 (new), at 1.2.763 and 1.2.810 (old). */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Or()|T|T",
                "Or(F)|F|T",
                "Or(T)|T|T",
                "Or(F,F)|F|T",
                "Or(F,T)|T|T",
                "Or(T,F)|T|T",
                "Or(Or(F),Or(F))|F|T",
                "Or(And(F),F)|F|T",
                "Or(And())|T|T",
                "Or(Or())|T|T",
                "And()|T|T",
                "And(Or(F,F),T)|F|T",
                "Or(And(F,T))|F|T",
                "Or(And(F),And(F))|F|T"
            })
    void predicates_hold_where_the_servers_said_so(String predicate, String now, String before) {
        for (String marker : List.of("\"match_seq\":null", "\"prev_value\":true")) {
            String wanted = marker.contains("match_seq") ? now : before;
            String put = "{\"request\":{\"Put\":{\"key\":\"%s\",\"value\":[1]," + marker + ",\"expire_at\":null}}}";
            String transaction = "{\"Transaction\":{\"operations\":[{\"predicate\":" + expression(predicate)
                    + ",\"operations\":[" + put.formatted("T") + "]}],\"condition\":[],\"if_then\":["
                    + put.formatted("F") + "],\"else_then\":[]}}";
            assertThat(put(transaction)).as(marker).isEqualTo(wanted);
            // The release that the service itself names counts more.
            String release = wanted.equals(now) ? "260312.5.0" : "v1.2.810-nightly-1";
            Imported imported = new Imported(ImportOptions.DEFAULT.ofRelease(release));
            imported.add(export(transaction.replace(marker, "\"later\":1")));
            assertThat(Imported.records(imported.latest())).containsOnlyKeys(wanted);
        }
        String operation = "{\"Put\":{\"target\":{\"key\":\"%s\"},\"payload\":{\"value\":[1]}}}";
        assertThat(put("{\"KvTransaction\":{\"branches\":[{\"predicate\":" + kvPredicate(predicate)
                        + ",\"operations\":["
                        + operation.formatted("T") + "]},{\"predicate\":{\"And\":[]},\"operations\":["
                        + operation.formatted("F") + "]}]}}"))
                .isEqualTo(now);
    }

    private static String export(String command) {
        return Stream.of(
                        "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
                        "[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":0}}]",
                        "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":0},"
                                + "\"payload\":{\"Normal\":{\"time_ms\":1790000000000,\"cmd\":" + command + "}}}}]")
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static String put(String command) {
        Imported imported = new Imported();
        imported.add(export(command));
        return Imported.records(imported.latest()).firstKey();
    }

    /** As {@code BooleanExpression} is written: members of their own, and leaves. */
    private static String expression(String predicate) {
        StringBuilder subs = new StringBuilder();
        StringBuilder leaves = new StringBuilder();
        for (String member : members(predicate)) {
            StringBuilder to = member.length() == 1 ? leaves : subs;
            to.append(to.length() == 0 ? "" : ",")
                    .append(member.equals("T") ? TRUE : member.equals("F") ? FALSE : expression(member));
        }
        return "{\"operator\":" + (predicate.startsWith("Or") ? 1 : 0) + ",\"sub_expressions\":[" + subs
                + "],\"conditions\":[" + leaves + "]}";
    }

    private static String kvPredicate(String predicate) {
        if (predicate.length() == 1) {
            return "{\"Leaf\":{\"key\":\"none\",\"op\":\"Eq\",\"target\":{\"Seq\":" + (predicate.equals("T") ? 0 : 9)
                    + "}}}";
        }
        String name = predicate.substring(0, predicate.indexOf('('));
        return "{\"" + name + "\":["
                + String.join(
                        ",",
                        members(predicate).stream()
                                .map(RealServicesTest::kvPredicate)
                                .toList()) + "]}";
    }

    private static List<String> members(String predicate) {
        String inside = predicate.substring(predicate.indexOf('(') + 1, predicate.length() - 1);
        List<String> members = new java.util.ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int n = 0; n <= inside.length(); n++) {
            char c = n == inside.length() ? ',' : inside.charAt(n);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0 && n > from) {
                members.add(inside.substring(from, n));
                from = n + 1;
            }
        }
        return members;
    }
}
