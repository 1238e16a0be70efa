package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sorts the entries of a captured database: rows, descriptions of tables, counters. */
final class PlainEntries {
    private final Content content;
    private final Map<String, Long> counters = new TreeMap<>();
    private long ephemeral;

    PlainEntries(Content content) {
        this.content = content;
    }

    void add(Entry entry) {
        Space space = entry.entryKey().space();
        if (space.equals(TableEntries.SPACE)) {
            content.table(TableEntries.parse(entry));
        } else if (space.equals(SqlSpaces.AUTO_INCREMENT)) {
            counters.put(
                    entry.entryKey().key().toStringUtf8(),
                    Long.parseLong(entry.value().toStringUtf8()));
        } else if (space.name().startsWith("sql.")) {
            content.row(space, entry.value());
        } else if (CategoryRules.DEFAULT.categoryOf(entry.entryKey()) == Category.EPHEMERAL) {
            ephemeral++;
        } else {
            throw new UsageException("space " + space + " cannot go into a database, only rows captured from one can:"
                    + " restore into ndjson:FILE, or choose what to restore");
        }
    }

    /** All entries were added. */
    Content content() {
        content.nameSpaces();
        for (SqlTable table : content.captured().values()) {
            Long last = counters.remove(table.schema() + "/" + table.name());
            if (last != null) {
                content.counter(table.name(), last);
            }
        }
        return content;
    }

    void close() {
        content.close();
    }

    long ephemeral() {
        return ephemeral;
    }

    List<String> notes() {
        return ephemeral == 0 ? List.of() : List.of(ephemeral + " entries were left out because they are ephemeral");
    }
}
