package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.tools.output.Output;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where in a history the Hummock version is not known: from a delta that did not fit until a checkpoint led on from it. */
final class UnknownVersions {
    private final Set<EntryKey> kept = new HashSet<>();
    private final List<Range> ranges = new ArrayList<>();
    private long since;

    /** @param last 0 where it goes on to the end */
    private record Range(long first, long last) {}

    void add(Change change) {
        EntryKey key = change.entryKey();
        if (!key.space().equals(RwSpaces.UNAPPLIED) && !key.equals(RwSpaces.VERSION_STALE)) {
            return;
        }
        if (change.op() == Op.PUT) {
            kept.add(key);
        } else {
            kept.remove(key);
        }
    }

    /** All changes of the commit were told. */
    void at(long seq) {
        if (since == 0 && !kept.isEmpty()) {
            since = seq;
        } else if (since != 0 && kept.isEmpty()) {
            ranges.add(new Range(since, seq - 1));
            since = 0;
        }
    }

    private List<Range> all() {
        List<Range> all = new ArrayList<>(ranges);
        if (since != 0) {
            all.add(new Range(since, 0));
        }
        return all;
    }

    void put(ObjectNode doc) {
        var list = doc.putArray("hummockVersionUnknown");
        for (Range range : all()) {
            ObjectNode node = list.addObject().put("fromSeq", range.first());
            if (range.last() != 0) {
                node.put("toSeq", range.last());
            }
        }
    }

    void text(Output output) {
        for (Range range : all()) {
            output.line("hummock    version unknown since seq " + range.first()
                    + (range.last() == 0 ? "" : ", up to seq " + range.last()));
        }
    }
}
