package io.metawal.connectors.risingwave.simulated.sql;

import java.util.ArrayList;
import java.util.List;

/** A table of a meta store, at one level of its schema. */
record LevelTable(
        String name, List<LevelColumn> columns, List<String> primaryKey, List<String> unique, List<Link> links) {
    LevelTable {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        unique = List.copyOf(unique);
        links = List.copyOf(links);
    }

    /**
     * A foreign key of one column.
     *
     * @param cascades whether rows go with the row that they refer to
     */
    record Link(String name, String column, String parent, String parentColumn, boolean cascades) {}

    boolean has(String column) {
        return columns.stream().anyMatch(it -> it.name().equals(column));
    }

    LevelTable with(LevelColumn column) {
        List<LevelColumn> more = new ArrayList<>(columns);
        more.add(column);
        return new LevelTable(name, more, primaryKey, unique, links);
    }

    LevelTable without(String column) {
        return new LevelTable(
                name, columns.stream().filter(it -> !it.name().equals(column)).toList(), primaryKey, unique, links);
    }

    LevelTable renamed(String column, String to) {
        return new LevelTable(
                name,
                columns.stream()
                        .map(it -> it.name().equals(column) ? it.renamed(to) : it)
                        .toList(),
                primaryKey,
                unique,
                links);
    }

    LevelTable retyped(LevelColumn as) {
        return new LevelTable(
                name,
                columns.stream()
                        .map(it -> it.name().equals(as.name()) ? it.retyped(as) : it)
                        .toList(),
                primaryKey,
                unique,
                links);
    }

    LevelTable unlinked(String link) {
        return new LevelTable(
                name,
                columns,
                primaryKey,
                unique,
                links.stream().filter(it -> !it.name().equals(link)).toList());
    }

    LevelTable keyedBy(List<String> key) {
        return new LevelTable(name, columns, key, unique, links);
    }
}
