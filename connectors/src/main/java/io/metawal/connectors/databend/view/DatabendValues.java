package io.metawal.connectors.databend.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.PackedValue;
import io.metawal.connectors.view.ValueView;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How Databend's entries are shown: names unescaped, values decoded as far as their bytes tell, what may be secret left out. */
public final class DatabendValues implements ValueView {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int SHOWN_BYTES_MAX = 1 << 20;

    /** Credentials, tokens, and what may be written with them in it. */
    private static final Set<String> SECRET = Stream.of(
                    "users",
                    "token",
                    "session",
                    "connection",
                    "stages",
                    "catalog",
                    "catalog_by_id",
                    "share",
                    "share_id",
                    "share_endpoint",
                    "share_consumer",
                    "udfs",
                    "tasks",
                    "task_messages",
                    "dictionary_by_id",
                    "procedure_by_id",
                    "materialized_view_definition",
                    "index_by_id",
                    "workloads",
                    "background_job_by_id")
            .map(name -> "__fd_" + name)
            .collect(Collectors.toUnmodifiableSet());

    /** A table's columns, options, engine, times; its storage may have credentials. */
    private static final Set<Integer> OF_TABLE = Set.of(1, 5, 6, 20, 21);

    private static final Set<Integer> NOTHING = Set.of(0);
    private static final String TABLE = "__fd_table_by_id";

    private final NameLookup names;

    /** @param names where names of databases and tables are looked up by id; may know none */
    public DatabendValues(NameLookup names) {
        this.names = names;
    }

    /** Finds an entry at the point that is looked at. */
    @FunctionalInterface
    public interface NameLookup {
        Optional<Entry> find(EntryKey key);
    }

    @Override
    public boolean knows(EntryKey key) {
        Space space = key.space();
        String name = space.name();
        return name.contains("._")
                || name.equals(DatabendSpaces.LAST_LOG_ENTRY.space().name())
                || Set.of(
                                DatabendSpaces.SEQUENCES,
                                DatabendSpaces.LAST_APPLIED,
                                DatabendSpaces.LAST_MEMBERSHIP,
                                DatabendSpaces.META,
                                DatabendSpaces.NODE,
                                DatabendSpaces.UNKNOWN_LINE,
                                DatabendSpaces.EXPORT,
                                DatabendSpaces.EXPIRE)
                        .contains(space);
    }

    private static String root(EntryKey key) {
        String name = key.space().name();
        return name.substring(name.indexOf('.') + 1);
    }

    @Override
    public Optional<String> name(Entry entry) {
        return name(entry.entryKey());
    }

    /** As {@link #name(Entry)}; only the key is needed. */
    public Optional<String> name(EntryKey key) {
        String[] segments = key.key().toStringUtf8().split("/", 3);
        if (!root(key).equals(segments[0]) || segments.length < 2) {
            return Optional.empty();
        }
        return switch (segments[0]) {
            case "__fd_table", "__fd_table_id_list" ->
                segments.length < 3
                        ? Optional.empty()
                        : Optional.of(database(segments[1]) + "." + unescape(segments[2]));
            case "__fd_database_by_id", "__fd_database_id_to_name" -> named("__fd_database_id_to_name", segments[1]);
            case TABLE, "__fd_table_id_to_name", "__fd_table_lvt", "__fd_table_copied_files" -> table(segments[1]);
            default -> Optional.of(unescape(key.key().toStringUtf8().substring(segments[0].length() + 1)));
        };
    }

    private String database(String id) {
        return named("__fd_database_id_to_name", id).orElse(id);
    }

    private Optional<JsonNode> toName(String root, String id) {
        EntryKey key = new EntryKey(Space.of("catalog." + root), ByteString.copyFromUtf8(root + "/" + id));
        return names.find(key).flatMap(entry -> ProtobufFields.of(plain(entry.value()), Set.of()));
    }

    /** A name that stands in field 2 of what an id leads to. */
    private Optional<String> named(String root, String id) {
        return toName(root, id)
                .map(fields -> fields.path("2"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    private Optional<String> table(String id) {
        return toName("__fd_table_id_to_name", id)
                .filter(fields -> fields.path("2").isTextual())
                .map(fields -> database(fields.path("1").asText()) + "."
                        + fields.path("2").textValue());
    }

    /** A key's segments with their escapes undone: {@code %20} is a blank. */
    static String unescape(String escaped) {
        ByteString.Output bytes = ByteString.newOutput();
        byte[] utf8 = escaped.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int n = 0; n < utf8.length; n++) {
            int high = n + 2 < utf8.length ? Character.digit(utf8[n + 1], 16) : -1;
            int low = n + 2 < utf8.length ? Character.digit(utf8[n + 2], 16) : -1;
            if (utf8[n] == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                n += 2;
            } else {
                bytes.write(utf8[n]);
            }
        }
        ByteString name = bytes.toByteString();
        return name.isValidUtf8() ? name.toStringUtf8() : escaped;
    }

    @Override
    public Optional<JsonNode> decoded(Entry entry) {
        EntryKey key = entry.entryKey();
        boolean secret = sensitive(key);
        ByteString value = plain(entry.value());
        Optional<JsonNode> json = secret ? Optional.empty() : json(value);
        if (json.isPresent()) {
            return json;
        }
        return ProtobufFields.of(value, root(key).equals(TABLE) ? OF_TABLE : secret ? NOTHING : Set.of());
    }

    private static Optional<JsonNode> json(ByteString value) {
        boolean object = !value.isEmpty() && (value.byteAt(0) == '{' || value.byteAt(0) == '[');
        boolean number = value.size() > 0
                && value.size() <= 20
                && value.toStringUtf8().chars().allMatch(c -> c >= '0' && c <= '9');
        if (!object && !number || !value.isValidUtf8()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(value.toStringUtf8()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static ByteString plain(ByteString value) {
        return PackedValue.plain(value, SHOWN_BYTES_MAX);
    }

    @Override
    public boolean sensitive(EntryKey key) {
        String root = root(key);
        return SECRET.contains(root)
                || root.equals(TABLE)
                || key.equals(DatabendSpaces.LAST_LOG_ENTRY)
                || key.space().equals(DatabendSpaces.UNKNOWN_LINE);
    }
}
