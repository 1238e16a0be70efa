package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether server and user allow a capture; where they do not, the very statements that are missing. */
final class PgChecks {
    private static final int VERSION_MIN = 120_000;
    private static final String RIGHTS = "SELECT c.relname, c.relpersistence, c.relreplident,"
            + " has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relkind = 'r'";
    private static final String ROLE =
            "SELECT rolsuper OR rolreplication OR EXISTS (SELECT 1 FROM pg_roles g WHERE g.rolname IN"
                    + " ('rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin') AND pg_has_role(current_user, g.oid, 'MEMBER'))"
                    + " FROM pg_roles WHERE rolname = current_user";

    private final SqlUrl url;
    private final PgLink link;
    private final PgPublication publication;

    PgChecks(SqlUrl url, PgLink link, PgPublication publication) {
        this.url = url;
        this.link = link;
        this.publication = publication;
    }

    /** As {@code CdcDialect.prepare}. */
    Optional<String> prepare(Collection<SqlTable> tables) {
        settings();
        Map<String, Query.Row> found = link.rows(RIGHTS, url.schema()).stream()
                .collect(Collectors.toMap(row -> row.text("relname"), row -> row));
        List<String> missing = new ArrayList<>();
        String user = PgLink.quoted(url.user());
        if (!"t".equals(link.value(ROLE))) {
            missing.add("ALTER ROLE " + user + " REPLICATION;");
        }
        if (!"t".equals(link.value("SELECT has_schema_privilege(?, 'USAGE')", url.schema()))) {
            missing.add("GRANT USAGE ON SCHEMA " + PgLink.quoted(url.schema()) + " TO " + user + ";");
        }
        List<String> unreadable = new ArrayList<>();
        for (SqlTable table : tables) {
            Query.Row row = found.get(table.name());
            if (row != null) {
                check(table, row);
                if (!row.holds("readable")) {
                    unreadable.add(PgLink.quoted(table.schema()) + "." + PgLink.quoted(table.name()));
                }
            }
        }
        if (!unreadable.isEmpty()) {
            missing.add("GRANT SELECT ON " + String.join(", ", unreadable) + " TO " + user + ";");
        }
        Optional<String> untold = publication.cover(tables, missing);
        if (!missing.isEmpty()) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    url + ": the user " + url.user() + " may not do what a capture needs. Let the owner of the tables, or a"
                            + " superuser, run: " + String.join(" ", missing));
        }
        return untold;
    }

    private void settings() {
        Query.Row settings = link
                .rows("SELECT current_setting('wal_level') AS level, current_setting('server_version_num')::int AS version,"
                        + " current_setting('server_version') AS shown")
                .get(0);
        if (settings.number("version") < VERSION_MIN) {
            throw new UsageException(url + " is PostgreSQL " + settings.text("shown") + ": expected 12 or later");
        }
        if (!settings.text("level").equals("logical")) {
            throw new UsageException(url + ": expected wal_level = logical, found " + settings.text("level")
                    + ". Run ALTER SYSTEM SET wal_level = 'logical'; and restart the server");
        }
    }

    private void check(SqlTable table, Query.Row row) {
        if (row.text("relpersistence").equals("u")) {
            throw new UsageException(url + ": table " + table + " is UNLOGGED, so PostgreSQL's log does not tell of it. Run"
                    + " ALTER TABLE " + table + " SET LOGGED; or leave it out with exclude=" + table.name());
        }
        String identity = row.text("relreplident");
        if (!identity.equals("d") && !identity.equals("f")) {
            throw new UsageException(url + ": the replica identity of table " + table
                    + " is not its primary key, so PostgreSQL's log does not name deleted rows by it. Run ALTER TABLE "
                    + table + " REPLICA IDENTITY DEFAULT;");
        }
    }
}
