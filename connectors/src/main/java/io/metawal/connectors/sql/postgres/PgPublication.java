package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.UsageException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The publication: which tables PostgreSQL tells of. It lists tables one by one, and not the whole schema: a table without a replica
 * identity that came into it by itself would refuse its owner's every UPDATE and DELETE.
 */
final class PgPublication {
    private final SqlUrl url;
    private final String name;
    private final PgLink link;

    PgPublication(SqlUrl url, String name, PgLink link) {
        this.url = url;
        this.name = name;
        this.link = link;
    }

    /**
     * Puts tables into it that are not in it, making it where there is none.
     *
     * @param missing takes statements that the user may not run
     * @return the reason why changes of tables were not told up to now; empty where all were
     */
    Optional<String> cover(Collection<String> tables, List<String> missing) {
        Query.Row found = link.rows("SELECT * FROM pg_publication WHERE pubname = ?", name).stream()
                .findFirst()
                .orElse(null);
        if (found == null) {
            String create = "CREATE PUBLICATION " + PgLink.quoted(name)
                    + (tables.isEmpty() ? "" : " FOR TABLE " + list(tables));
            run(create, mayCreate() && ownsAll(tables), missing);
            return Optional.of("there was no publication \"" + name + "\"");
        }
        check(found);
        Set<String> members = link
                .rows(
                        "SELECT tablename FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?",
                        name,
                        url.schema())
                .stream()
                .map(row -> row.text("tablename"))
                .collect(Collectors.toSet());
        List<String> left =
                tables.stream().filter(table -> !members.contains(table)).toList();
        if (left.isEmpty()) {
            return Optional.empty();
        }
        run("ALTER PUBLICATION " + PgLink.quoted(name) + " ADD TABLE " + list(left), owns() && ownsAll(left), missing);
        return Optional.of("the publication \"" + name + "\" did not tell of "
                + left.stream().map(table -> url.schema() + "." + table).collect(Collectors.joining(", ")));
    }

    private void run(String statement, boolean allowed, List<String> missing) {
        if (allowed && missing.isEmpty()) {
            link.run(statement);
        } else if (!allowed) {
            missing.add(statement + ";");
        }
    }

    private void check(Query.Row found) {
        if (!found.holds("pubinsert")
                || !found.holds("pubupdate")
                || !found.holds("pubdelete")
                || !found.holds("pubtruncate")) {
            throw new UsageException(
                    url + ": the publication \"" + name + "\" does not tell everything. Run ALTER PUBLICATION "
                            + PgLink.quoted(name) + " SET (publish = 'insert, update, delete, truncate');");
        }
        String parts = link.value(
                "SELECT string_agg(c.relname, ', ') FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid"
                        + " JOIN pg_class c ON c.oid = r.prrelid WHERE p.pubname = ?"
                        + " AND (to_jsonb(r) ->> 'prqual' IS NOT NULL OR to_jsonb(r) ->> 'prattrs' IS NOT NULL)",
                name);
        if (parts != null) {
            throw new UsageException(
                    url + ": the publication \"" + name + "\" tells only some rows or columns of " + parts
                            + ": expected all of them. Add the tables to it without WHERE and without a list of columns");
        }
    }

    private boolean mayCreate() {
        return holds("SELECT has_database_privilege(current_database(), 'CREATE')");
    }

    private boolean owns() {
        return holds("SELECT pg_has_role(pubowner, 'USAGE') FROM pg_publication WHERE pubname = ?", name);
    }

    private boolean ownsAll(Collection<String> tables) {
        Set<String> owned = new TreeSet<>(link
                .rows(
                        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE n.nspname = ? AND pg_has_role(c.relowner, 'USAGE')",
                        url.schema())
                .stream()
                .map(row -> row.text("relname"))
                .toList());
        return owned.containsAll(tables);
    }

    private boolean holds(String query, Object... parameters) {
        return "t".equals(link.value(query, parameters));
    }

    private String list(Collection<String> tables) {
        return tables.stream()
                .map(table -> PgLink.quoted(url.schema()) + "." + PgLink.quoted(table))
                .collect(Collectors.joining(", "));
    }
}
