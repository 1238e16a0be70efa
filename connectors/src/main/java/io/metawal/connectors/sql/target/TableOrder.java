package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tables, each behind those that its foreign keys refer to, else in the order given; of a circle the first goes first.
 *
 * @param tables all of them
 * @param early those that come before one that they refer to
 */
record TableOrder(List<SqlTable> tables, Set<String> early) {
    static TableOrder of(Collection<SqlTable> tables, Comparator<SqlTable> wish) {
        List<SqlTable> waiting = new ArrayList<>(tables.stream().sorted(wish).toList());
        Set<String> ahead = new HashSet<>(waiting.stream().map(SqlTable::name).toList());
        List<SqlTable> ordered = new ArrayList<>();
        Set<String> early = new HashSet<>();
        while (!waiting.isEmpty()) {
            SqlTable next = waiting.stream()
                    .filter(table -> table.parents().stream().noneMatch(ahead::contains))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                next = waiting.get(0);
                early.add(next.name());
            }
            waiting.remove(next);
            ahead.remove(next.name());
            ordered.add(next);
        }
        return new TableOrder(List.copyOf(ordered), Set.copyOf(early));
    }
}
