package io.metawal.connectors.sql.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.List;

/** Descriptions of tables as entries, so that what a table looked like is known at every point: a migration is a change like any other. */
public final class TableEntries {
    /** Of each table of a captured database, by {@code <schema>/<table>}: a {@link SqlTable} as JSON. */
    public static final Space SPACE = new Space("system.schema");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private TableEntries() {}

    public static EntryKey key(String schema, String table) {
        return new EntryKey(SPACE, ByteString.copyFromUtf8(part(schema) + "/" + part(table)));
    }

    private static String part(String name) {
        return name.replace("%", "%25").replace("/", "%2F");
    }

    public static Entry entry(SqlTable table) {
        return new Entry(key(table.schema(), table.name()), Meta.of(JSON.valueToTree(table)), ByteString.EMPTY);
    }

    /** The tables that an image describes, in the order of their keys. */
    public static List<SqlTable> of(ImageView image) {
        List<SqlTable> tables = new ArrayList<>();
        try (EntryIterator entries = image.entries(SPACE)) {
            entries.forEachRemaining(entry -> tables.add(parse(entry)));
        }
        return tables;
    }

    /** @throws CorruptException where the value is no description of a table */
    public static SqlTable parse(Entry entry) {
        try {
            return JSON.readValue(entry.value().newInput().readAllBytes(), SqlTable.class);
        } catch (JsonProcessingException e) {
            throw new CorruptException(
                    "the entry " + SPACE + " " + entry.entryKey().key().toStringUtf8() + " does not describe a table: "
                            + e.getOriginalMessage(),
                    e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
