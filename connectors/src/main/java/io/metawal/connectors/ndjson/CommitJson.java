package io.metawal.connectors.ndjson;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A commit as one line of JSON, as {@code append} takes it: {@code {"epoch":7,"time":"…","actor":"root","changes":[…]}}. Epoch, time
 * and actor may be absent; an unknown field is an error, since it is more likely a misspelt one than one to be dropped.
 */
public final class CommitJson {
    private static final Set<String> COMMIT_FIELDS = Set.of("epoch", "time", "actor", "changes");
    private static final Set<String> CHANGE_FIELDS = Set.of("space", "key", "key64", "put", "put64", "delete", "meta");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    /** Epochs never fall: the greatest there is would be the last there is. */
    private static final long EPOCH_MAX = 1L << 62;

    private CommitJson() {}

    /** The draft of one line; a usage error names the field. */
    public static CommitDraft read(String line, String origin) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UsageException(
                    "column " + (e.getLocation() == null ? 0 : e.getLocation().getColumnNr()) + ": not JSON: "
                            + e.getOriginalMessage(),
                    e);
        }
        if (node == null || !node.isObject()) {
            throw new UsageException("expected a JSON object");
        }
        refuseUnknown(node, COMMIT_FIELDS, "");
        JsonNode changes = node.get("changes");
        if (changes == null || !changes.isArray()) {
            throw new UsageException("field \"changes\": expected an array of changes, found "
                    + (changes == null ? "nothing" : changes.getNodeType()));
        }
        List<Change> list = new ArrayList<>(changes.size());
        for (int n = 0; n < changes.size(); n++) {
            list.add(change(changes.get(n), "changes[" + n + "]"));
        }
        return CommitDraft.of(
                epoch(node.get("epoch")),
                time(node.get("time")),
                CommitBody.of(text(node.get("actor"), "actor"), origin, list));
    }

    private static Change change(JsonNode node, String field) {
        if (!node.isObject()) {
            throw new UsageException("field \"" + field + "\": expected an object, found " + node.getNodeType());
        }
        refuseUnknown(node, CHANGE_FIELDS, field + ".");
        try {
            ByteString key = JsonBytes.find(node, "key");
            if (key == null) {
                throw new UsageException("\"key\" or \"key64\" is missing");
            }
            EntryKey at = new EntryKey(new Space(required(node, "space")), key);
            ByteString put = JsonBytes.find(node, "put");
            JsonNode delete = node.get("delete");
            boolean deletes = delete != null && delete.isBoolean() && delete.booleanValue();
            if (delete != null && !deletes) {
                throw new UsageException("\"delete\" must be true, found " + delete);
            }
            if (put == null && !deletes || put != null && deletes) {
                throw new UsageException("expected either \"put\" (or \"put64\") or \"delete\":true");
            }
            return put == null ? Change.delete(at) : Change.put(at, put, Meta.of(node.get("meta")));
        } catch (UsageException e) {
            throw new UsageException("field \"" + field + "\": " + e.text(), e);
        }
    }

    private static void refuseUnknown(JsonNode node, Set<String> known, String prefix) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new UsageException("field \"" + prefix + name + "\" is not known: expected one of "
                        + known.stream().sorted().toList());
            }
        }
    }

    private static String required(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new UsageException("\"" + field + "\" is missing");
        }
        return text(value, field);
    }

    private static String text(@org.jspecify.annotations.Nullable JsonNode value, String field) {
        if (value == null) {
            return "";
        }
        if (!value.isTextual()) {
            throw new UsageException("field \"" + field + "\": expected a string, found " + value.getNodeType());
        }
        return value.textValue();
    }

    private static long epoch(@org.jspecify.annotations.Nullable JsonNode value) {
        if (value == null) {
            return CommitDraft.ABSENT;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > EPOCH_MAX) {
            throw new UsageException("field \"epoch\": expected a whole number from 0 to 2^62, found " + value);
        }
        return value.longValue();
    }

    private static long time(@org.jspecify.annotations.Nullable JsonNode value) {
        if (value == null) {
            return CommitDraft.ABSENT;
        }
        try {
            return Timestamps.parse(text(value, "time"));
        } catch (UsageException e) {
            throw new UsageException("field \"time\": " + e.text(), e);
        }
    }
}
