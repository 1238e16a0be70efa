package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlTable;
import java.util.Comparator;
import java.util.Set;

/**
 * How rows go into tables.
 *
 * @param reader makes rows of what was captured
 * @param wish an order of the tables, as far as foreign keys leave it open
 * @param migrations a table that may hold the very keys that are restored; empty for none
 * @param known tables that may be there without having been captured
 */
public record LoadRules(Content.Reader reader, Comparator<SqlTable> wish, String migrations, Set<String> known) {
    public LoadRules {
        known = Set.copyOf(known);
    }

    public LoadRules withReader(Content.Reader other) {
        return new LoadRules(other, wish, migrations, known);
    }
}
