package io.metawal.connectors.risingwave.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UsageException;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots of which cluster are in the log, as every commit of an import says it:
 * {@code {"cluster":"…","snapshots":{"3":"<checksum, hex>"}}}; a piece of a base says in {@code part} of which snapshot, which is not in
 * the list yet.
 *
 * @param cluster empty where no snapshot said it
 * @param snapshots checksums by id; ids are unsigned
 */
record ImportPosition(String cluster, NavigableMap<Long, String> snapshots) {
    private static final Comparator<Long> UNSIGNED = Long::compareUnsigned;

    static ImportPosition start() {
        return new ImportPosition("", new TreeMap<>(UNSIGNED));
    }

    static ImportPosition parse(ByteString position) {
        if (position.isEmpty()) {
            return start();
        }
        try {
            JsonNode json = Meta.parse(position);
            if (json != null && json.path("snapshots").isObject()) {
                ImportPosition parsed = start();
                for (Map.Entry<String, JsonNode> each : json.path("snapshots").properties()) {
                    parsed.snapshots.put(
                            Long.parseUnsignedLong(each.getKey()),
                            each.getValue().asText());
                }
                return new ImportPosition(json.path("cluster").asText(), parsed.snapshots);
            }
        } catch (UsageException | NumberFormatException notOurs) {
            // As below.
        }
        throw new UsageException(
                "the log goes on from another source than RisingWave backups: import into a repository of"
                        + " its own");
    }

    ByteString bytes() {
        return Meta.of(json());
    }

    /** Of a commit that is not the last of its snapshot. */
    ByteString partOf(long id) {
        return Meta.of(json().put("part", Long.toUnsignedString(id)));
    }

    private ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!cluster.isEmpty()) {
            json.put("cluster", cluster);
        }
        ObjectNode ids = json.putObject("snapshots");
        snapshots.forEach((id, checksum) -> ids.put(Long.toUnsignedString(id), checksum));
        return json;
    }

    /** Null where none was imported. */
    @Nullable
    Long lastId() {
        Map.Entry<Long, String> last = snapshots.lastEntry();
        return last == null ? null : last.getKey();
    }

    ImportPosition with(long id, long checksum, String ofCluster, String where) {
        if (!cluster.isEmpty() && !ofCluster.isEmpty() && !cluster.equals(ofCluster)) {
            throw new SourceChangedException(where + " is of cluster " + ofCluster + ", those imported before are of "
                    + cluster + ": import it into a repository of its own");
        }
        ImportPosition next = new ImportPosition(ofCluster.isEmpty() ? cluster : ofCluster, new TreeMap<>(UNSIGNED));
        next.snapshots.putAll(snapshots);
        next.snapshots.put(id, hex(checksum));
        return next;
    }

    /** Fails where a snapshot has another checksum than it had when it was imported, or came after a later one. */
    void checkImported(long id, long checksum, String where) {
        String known = snapshots.get(id);
        if (known == null) {
            throw new SourceChangedException(
                    where + " was not there when snapshot " + Long.toUnsignedString(lastIdOr(0))
                            + " was imported, but comes before it: a history cannot be changed afterwards; import the directory"
                            + " into a new repository");
        }
        if (!known.equals(hex(checksum))) {
            throw new SourceChangedException(where + " is not what was imported under its id: expected checksum "
                    + known
                    + ", found " + hex(checksum) + ". Its directory was written by another cluster, or put back from"
                    + " elsewhere; import it into a new repository");
        }
    }

    private long lastIdOr(long none) {
        Long last = lastId();
        return last == null ? none : last;
    }

    private static String hex(long checksum) {
        return String.format("%016x", checksum);
    }
}
