package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwValues;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which epochs of each of a RisingWave's tables can be restored to; by a walk over the whole log. */
final class TableEpochs {
    private static final String TABLE_INFO = "hummock.table";
    private static final Set<String> CATALOG = Set.of("catalog.table", "catalog.sql_table");

    private final RwValues values = new RwValues();
    private final Map<String, String> names = new HashMap<>();
    private final TreeMap<Long, Epochs> tables = new TreeMap<>();
    private final UnknownVersions unknown = new UnknownVersions();
    private String compared = "";

    /** Of one table; {@code dropped} where it is not there at the end. */
    private static final class Epochs {
        private long first = -1;
        private long last = -1;
        private long count;
        private boolean dropped;

        void committed(long epoch) {
            dropped = false;
            if (epoch == last) {
                return;
            }
            first = first < 0 ? epoch : first;
            last = epoch;
            count++;
        }
    }

    static TableEpochs of(History history, int timeline) {
        TableEpochs all = new TableEpochs();
        Line line = history.line(timeline);
        new CommitScan(new Segments(history.repository().store())).forEach(line, 1, Long.MAX_VALUE, stamped -> {
            stamped.record().commit().changes().forEach(all::add);
            all.unknown.at(stamped.record().seq());
            return true;
        });
        return all;
    }

    void add(Change change) {
        String space = change.entryKey().space().name();
        String key = change.entryKey().key().toStringUtf8();
        unknown.add(change);
        if (change.entryKey().equals(RwSpaces.VERSION_COMPARED) && change.op() == Op.PUT) {
            compared = change.value().toStringUtf8();
        }
        if (space.equals(TABLE_INFO)) {
            Epochs epochs = tables.computeIfAbsent(Long.parseLong(key), any -> new Epochs());
            if (change.op() == Op.DELETE) {
                epochs.dropped = true;
            } else {
                epochs.committed(TableOption.committedEpoch(Entry.of(change)));
            }
        } else if (CATALOG.contains(space) && change.op() == Op.PUT) {
            values.name(Entry.of(change)).ifPresent(name -> names.put(key, name));
        }
    }

    void put(ObjectNode doc) {
        unknown.put(doc);
        compared().ifPresent(found -> doc.set("hummockCompared", found));
        var list = doc.putArray("tables");
        tables.forEach((id, epochs) -> {
            ObjectNode node = Json.object()
                    .put("table", id)
                    .put("firstEpoch", epochs.first)
                    .put("lastEpoch", epochs.last)
                    .put("epochs", epochs.count)
                    .put("dropped", epochs.dropped);
            String name = names.get(Long.toString(id));
            list.add(name == null ? node : node.put("name", name));
        });
    }

    private Optional<JsonNode> compared() {
        return Optional.ofNullable(Meta.parse(ByteString.copyFromUtf8(compared)));
    }

    void text(Output output) {
        unknown.text(output);
        compared()
                .ifPresent(found -> output.line("hummock    equal to RisingWave's checkpoint at version "
                        + found.path("version").asText() + ", on "
                        + found.path("time").asText()));
        tables.forEach((id, epochs) -> output.line("table      " + id
                + (names.containsKey(Long.toString(id)) ? " (" + names.get(Long.toString(id)) + ")" : "")
                + ", epochs " + epochs.first + " to " + epochs.last + ", " + epochs.count + " of them"
                + (epochs.dropped ? ", dropped since" : "")));
    }
}
