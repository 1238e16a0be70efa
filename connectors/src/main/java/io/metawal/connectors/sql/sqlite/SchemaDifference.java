package io.metawal.connectors.sql.sqlite;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How tables differ from those that an image describes. */
final class SchemaDifference {
    private SchemaDifference() {}

    /** The tables that an image describes. */
    static List<SqlTable> described(ImageView image) {
        List<SqlTable> tables = new ArrayList<>();
        try (EntryIterator entries = image.entries()) {
            entries.forEachRemaining(entry -> {
                if (entry.entryKey().space().equals(TableEntries.SPACE)) {
                    tables.add(TableEntries.parse(entry));
                }
            });
        }
        return tables;
    }

    /** In words; empty where they are the same. */
    static String text(Collection<SqlTable> before, Collection<SqlTable> now) {
        Map<String, SqlTable> old = byName(before);
        List<String> texts = new ArrayList<>();
        byName(now).forEach((name, table) -> {
            SqlTable was = old.remove(name);
            if (was == null) {
                texts.add("table " + name + " is new");
            } else if (!was.equals(table)) {
                texts.add("table " + name + ": " + columns(was, table));
            }
        });
        old.keySet().forEach(name -> texts.add("table " + name + " is gone"));
        return String.join("; ", texts);
    }

    private static Map<String, SqlTable> byName(Collection<SqlTable> tables) {
        Map<String, SqlTable> byName = new TreeMap<>();
        tables.forEach(table -> byName.put(table.name(), table));
        return byName;
    }

    private static String columns(SqlTable was, SqlTable is) {
        List<String> texts = new ArrayList<>();
        for (SqlColumn column : is.columns()) {
            SqlColumn old = was.column(column.name()).orElse(null);
            if (old == null) {
                texts.add("column " + column.name() + " is new");
            } else if (!old.equals(column)) {
                texts.add("column " + column.name() + " is " + column.declared() + ", was " + old.declared());
            }
        }
        for (SqlColumn column : was.columns()) {
            if (is.column(column.name()).isEmpty()) {
                texts.add("column " + column.name() + " is gone");
            }
        }
        return texts.isEmpty() ? "keys or indexes changed" : String.join(", ", texts);
    }
}
