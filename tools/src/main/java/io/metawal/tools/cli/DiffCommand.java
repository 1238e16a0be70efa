package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.ndjson.JsonBytes;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.metadata.point.RefRange;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.restore.ProvenImage;
import io.metawal.storage.repository.History;
import io.metawal.tools.output.CommitView;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.ValueDisplay;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "What differs between two points: entries added, removed, changed. Timelines may differ.")
final class DiffCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Parameters(paramLabel = "A..B")
    private String range = "";

    @Mixin
    private final DisplayOptions display = new DisplayOptions();

    private long differences;

    @Override
    public Integer call() {
        RefRange asked = RefParser.parseRange(range);
        Ref from = asked.from();
        if (from == null) {
            throw new UsageException("\"" + range + "\": diff needs the point to compare from, such as seq:10..latest");
        }
        History history = repository.history();
        Instant now = repository.clock().instant();
        Output output = repository.output();
        Ref to = asked.to() == null ? Ref.LATEST : asked.to();
        try (ProvenImage before = Replayed.open(history, from, now);
                ProvenImage after = Replayed.open(history, to, now);
                EntryIterator was = before.entries();
                EntryIterator is = after.entries()) {
            ResolvedPoint first = before.plan().target();
            ResolvedPoint second = after.plan().target();
            PointNotes.tell(from, first);
            PointNotes.tell(to, second);
            compare(was, is, output, display.of(history, second.timeline()));
            if (!output.json()) {
                output.line(differences + " differences between " + named(first) + " and " + named(second));
            }
        }
        return 0;
    }

    private static String named(ResolvedPoint point) {
        return "seq " + point.seq() + " of timeline " + point.timeline();
    }

    private void compare(Iterator<Entry> before, Iterator<Entry> after, Output output, ValueDisplay values) {
        Entry a = next(before);
        Entry b = next(after);
        while (a != null || b != null) {
            int order = a == null ? 1 : b == null ? -1 : a.entryKey().compareTo(b.entryKey());
            Entry left = order <= 0 ? a : null;
            Entry right = order >= 0 ? b : null;
            if (left == null || !left.equals(right)) {
                show(left, right, output, values);
            }
            a = order <= 0 ? next(before) : a;
            b = order >= 0 ? next(after) : b;
        }
    }

    private static @Nullable Entry next(Iterator<Entry> entries) {
        return entries.hasNext() ? entries.next() : null;
    }

    private void show(@Nullable Entry before, @Nullable Entry after, Output output, ValueDisplay values) {
        differences++;
        Entry named = after == null ? before : after;
        if (named == null) {
            return;
        }
        String kind = before == null ? "added" : after == null ? "removed" : "changed";
        if (output.json()) {
            ObjectNode doc = Json.document()
                    .put("change", kind)
                    .put("space", named.entryKey().space().name());
            JsonBytes.put(doc, "key", named.entryKey().key());
            if (before != null) {
                values.put(doc, "before", before);
            }
            if (after != null) {
                values.put(doc, "after", after);
            }
            if (before != null && after != null && !before.meta().equals(after.meta())) {
                doc.put("beforeMeta", values.meta(before)).put("afterMeta", values.meta(after));
            }
            output.json(doc);
            return;
        }
        output.line((before == null ? "+ " : after == null ? "- " : "~ ")
                + EntryName.print(named.entryKey())
                + values.name(named));
        // Where the values are equal, what stands beside them differs.
        boolean beside = before != null && after != null && before.value().equals(after.value());
        if (before != null) {
            output.line("    was " + CommitView.brief(values.text(before)) + (beside ? meta(values, before) : ""));
        }
        if (after != null) {
            output.line("    now " + CommitView.brief(values.text(after)) + (beside ? meta(values, after) : ""));
        }
    }

    private static String meta(ValueDisplay values, Entry entry) {
        String meta = values.meta(entry);
        return meta.isEmpty() ? ", no meta" : ", meta " + CommitView.brief(meta);
    }
}
