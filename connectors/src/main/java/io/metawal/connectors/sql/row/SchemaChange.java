package io.metawal.connectors.sql.row;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How tables differ from what they were.
 *
 * @param text for the history: which tables, and what of them
 * @param rows whether rows may have changed with it, or the log may tell them otherwise; else only defaults, indexes and the like did
 */
public record SchemaChange(String text, boolean rows) {

    private static final String TYPE = "DO $type$ BEGIN CREATE TYPE ";
    private static final String LISTED = " AS ENUM (";

    /** Empty where they do not differ. */
    public static Optional<SchemaChange> between(Collection<SqlTable> before, Collection<SqlTable> now) {
        Map<String, SqlTable> old = byName(before);
        Map<String, SqlTable> found = byName(now);
        List<String> texts = new ArrayList<>();
        boolean rows = false;
        for (SqlTable table : now) {
            SqlTable was = old.get(table.name());
            if (was == null) {
                texts.add("table " + table + " is new");
                rows = true;
            } else if (!was.equals(table)) {
                List<String> columns = columns(was, table);
                rows |= !columns.isEmpty();
                texts.add("table " + table + ": "
                        + (columns.isEmpty() ? "defaults, keys or indexes changed" : String.join(", ", columns)));
            }
        }
        for (SqlTable table : before) {
            if (!found.containsKey(table.name())) {
                texts.add("table " + table + " is gone");
                rows = true;
            }
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(new SchemaChange(String.join("; ", texts), rows));
    }

    private static Map<String, SqlTable> byName(Collection<SqlTable> tables) {
        return tables.stream().collect(Collectors.toMap(SqlTable::name, Function.identity()));
    }

    private static List<String> columns(SqlTable was, SqlTable is) {
        List<String> texts = new ArrayList<>();
        for (SqlColumn column : is.columns()) {
            SqlColumn old = was.column(column.name()).orElse(null);
            if (old == null) {
                texts.add("column \"" + column.name() + "\" is new");
            } else if (old.type() != column.type() || !old.declared().equals(column.declared())) {
                texts.add("column \"" + column.name() + "\" is " + column.declared() + ", was " + old.declared());
            }
        }
        for (SqlColumn column : was.columns()) {
            if (is.column(column.name()).isEmpty()) {
                texts.add("column \"" + column.name() + "\" is gone");
            }
        }
        texts.addAll(relabelled(was, is));
        if (!was.primaryKey().equals(is.primaryKey())) {
            texts.add("the primary key is " + is.primaryKey() + ", was " + was.primaryKey());
        }
        return texts;
    }

    /** PostgreSQL's types that list their values: where one of these has another name, every row that holds it has changed. */
    private static List<String> relabelled(SqlTable was, SqlTable is) {
        List<String> texts = new ArrayList<>();
        for (String old : was.ddl()) {
            int list = old.indexOf(LISTED);
            if (old.startsWith(TYPE) && list >= 0) {
                String type = old.substring(0, list + LISTED.length());
                is.ddl().stream()
                        .filter(now -> now.startsWith(type) && !keeps(labels(old, type), labels(now, type)))
                        .forEach(now -> texts.add(
                                "a value of its type " + old.substring(TYPE.length(), list) + " has another name"));
            }
        }
        return texts;
    }

    private static List<String> labels(String ddl, String type) {
        return List.of(
                ddl.substring(type.length(), ddl.indexOf(");", type.length())).split(", "));
    }

    /** Whether all the old ones are there in their order; others may have come between. */
    private static boolean keeps(List<String> old, List<String> now) {
        int kept = 0;
        for (String label : now) {
            kept += kept < old.size() && old.get(kept).equals(label) ? 1 : 0;
        }
        return kept == old.size();
    }
}
