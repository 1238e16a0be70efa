package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlTable;
import java.util.Comparator;
import java.util.function.Predicate;

/**
 * How rows go into tables.
 *
 * @param reader makes rows of what was captured
 * @param wish an order of the tables, as far as foreign keys leave it open
 * @param migrations a table that may hold the very keys that are restored; empty for none
 * @param passing tables that may be on one side alone, as long as there are no rows for them
 * @param strangers tables that the database's own program knows nothing of: where they are not there, their rows are left out
 */
public record LoadRules(
        Content.Reader reader,
        Comparator<SqlTable> wish,
        String migrations,
        Predicate<String> passing,
        Predicate<String> strangers) {
    public LoadRules withReader(Content.Reader other) {
        return new LoadRules(other, wish, migrations, passing, strangers);
    }
}
