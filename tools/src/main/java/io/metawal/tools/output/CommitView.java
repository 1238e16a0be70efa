package io.metawal.tools.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.ndjson.JsonBytes;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Locale;

/** A commit for people, for scripts, or as a CloudEvent (specification 1.0, structured JSON). */
public final class CommitView {
    private static final int VALUE_CHARS_MAX = 100;
    private static final long CLAMP_SHOWN_MICROS = 1_000;

    private final Output output;
    private final String cluster;
    private final ValueDisplay values;

    public CommitView(Output output, String cluster, ValueDisplay values) {
        this.output = output;
        this.cluster = cluster;
        this.values = values;
    }

    public void show(Commit commit, List<Change> changes) {
        switch (output.format()) {
            case TEXT -> text(commit, changes);
            case JSON -> output.json(json(commit, changes));
            case CLOUDEVENTS -> output.json(cloudEvent(commit, changes));
        }
    }

    private void text(Commit commit, List<Change> changes) {
        String kind = commit.header().kind() == io.metawal.metadata.commit.CommitKind.DATA
                ? ""
                : "  " + commit.header().kind().name().toLowerCase(Locale.ROOT);
        output.line("seq " + commit.seq() + "  epoch " + commit.epoch() + "  "
                + Timestamps.print(commit.timeMicros())
                + (commit.body().actor().isEmpty()
                        ? ""
                        : "  by " + commit.body().actor()) + kind);
        if (commit.header().clampedMicros() >= CLAMP_SHOWN_MICROS) {
            output.line("    its clock said " + Timestamps.print(commit.header().clockMicros()));
        }
        if (commit.body().afterGap()) {
            output.line("    after a gap: " + commit.body().gapReason());
        }
        for (Change change : changes) {
            output.line("    " + (change.op() == Op.DELETE ? "delete " : "put    ")
                    + change.entryKey().space() + "/"
                    + JsonBytes.show(change.entryKey().key())
                    + (change.op() == Op.DELETE ? "" : named(Entry.of(change))));
        }
    }

    private String named(Entry put) {
        return values.name(put) + " = " + brief(values.text(put));
    }

    /** As much of a value as fits a line. */
    public static String brief(String value) {
        String line = value.replace('\n', ' ');
        return line.length() <= VALUE_CHARS_MAX
                ? line
                : line.substring(0, VALUE_CHARS_MAX) + "… (" + value.length() + " characters)";
    }

    public ObjectNode json(Commit commit, List<Change> changes) {
        ObjectNode node = Json.document().put("timeline", commit.header().timeline());
        node.setAll(Json.clocks(commit.seq(), commit.epoch(), commit.timeMicros()));
        node.put("kind", commit.header().kind().name().toLowerCase(Locale.ROOT))
                .put("actor", commit.body().actor())
                .put("origin", commit.body().origin())
                .put("chain", commit.header().chain().toString());
        long observed = commit.header().observedUntilMicros();
        node.put("observedUntil", observed == 0 ? null : Timestamps.print(observed));
        if (commit.header().clampedMicros() > 0) {
            node.put("clock", Timestamps.print(commit.header().clockMicros()));
        }
        if (!commit.body().sourcePosition().isEmpty()) {
            JsonBytes.put(node, "sourcePosition", commit.body().sourcePosition());
        }
        if (commit.body().afterGap()) {
            node.put("gap", commit.body().gapReason());
        }
        ArrayNode list = node.putArray("changes");
        changes.forEach(change -> list.add(json(change)));
        return node;
    }

    private ObjectNode json(Change change) {
        ObjectNode node = Json.object().put("space", change.entryKey().space().name());
        JsonBytes.put(node, "key", change.entryKey().key());
        if (change.op() == Op.DELETE) {
            return node.put("delete", true);
        }
        values.put(node, "put", Entry.of(change));
        JsonNode meta = Meta.parse(change.meta());
        if (meta != null) {
            node.set("meta", meta);
        }
        return node;
    }

    private ObjectNode cloudEvent(Commit commit, List<Change> changes) {
        ObjectNode event = Json.object()
                .put("specversion", "1.0")
                .put("id", commit.header().timeline() + "-" + commit.seq())
                .put("source", "metawal:" + cluster)
                .put("type", "io.metawal.commit")
                .put("time", Timestamps.print(commit.timeMicros()))
                .put("sequence", String.format(Locale.ROOT, "%020d", commit.seq()))
                .put("datacontenttype", "application/json");
        event.set("data", json(commit, changes));
        return event;
    }
}
