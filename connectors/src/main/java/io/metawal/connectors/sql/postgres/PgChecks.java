package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
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
    private static final int VERSION_MIN = 140_000;
    private static final String RIGHTS = "SELECT c.relname, c.relpersistence, c.relreplident,"
            + " has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relkind = 'r'";
    private static final String SEQUENCES = "SELECT sn.nspname, s.relname, t.relname AS counted FROM pg_depend d"
            + " JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace sn ON sn.oid = s.relnamespace"
            + " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace"
            + " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
            + " AND n.nspname = ? AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'SELECT') ELSE false END ORDER BY s.relname";
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

    /** Names of all tables, where the user may look at no more of them; empty where it may. */
    Optional<List<String>> closed() {
        if (link.value("SELECT to_regnamespace(quote_ident(?))", url.schema()) == null) {
            throw new UsageException(url + ": there is no schema \"" + url.schema() + "\". Name another with ?schema=");
        }
        if (mayLook()) {
            return Optional.empty();
        }
        return Optional.of(link.rows(RIGHTS, url.schema()).stream()
                .map(row -> row.text("relname"))
                .toList());
    }

    private boolean mayLook() {
        return "t".equals(link.value("SELECT has_schema_privilege(?, 'USAGE')", url.schema()));
    }

    /** As {@code CdcDialect.prepare}. */
    Optional<String> prepare(Collection<String> tables) {
        settings();
        Map<String, Query.Row> found = link.rows(RIGHTS, url.schema()).stream()
                .collect(Collectors.toMap(row -> row.text("relname"), row -> row));
        List<String> missing = new ArrayList<>();
        String user = PgLink.quoted(url.user());
        if (!"t".equals(link.value(ROLE))) {
            missing.add("ALTER ROLE " + user + " REPLICATION;");
        }
        if (!mayLook()) {
            missing.add("GRANT USAGE ON SCHEMA " + PgLink.quoted(url.schema()) + " TO " + user + ";");
        }
        List<String> unreadable = new ArrayList<>();
        for (String table : tables) {
            Query.Row row = found.get(table);
            if (row != null) {
                check(table, row);
                if (!row.holds("readable")) {
                    unreadable.add(PgLink.quoted(url.schema()) + "." + PgLink.quoted(table));
                }
            }
        }
        if (!unreadable.isEmpty()) {
            missing.add("GRANT SELECT ON " + String.join(", ", unreadable) + " TO " + user + ";");
        }
        List<String> counters = link.rows(SEQUENCES, url.schema()).stream()
                .filter(row -> tables.contains(row.text("counted")))
                .map(row -> PgLink.quoted(row.text("nspname")) + "." + PgLink.quoted(row.text("relname")))
                .toList();
        if (!counters.isEmpty()) {
            missing.add("GRANT SELECT ON SEQUENCE " + String.join(", ", counters) + " TO " + user + ";");
        }
        Optional<String> untold = publication.cover(tables, missing);
        if (!missing.isEmpty()) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    url + ": the user " + url.user()
                            + " may not do what a capture needs. Let the owner of the tables, or a"
                            + " superuser, run: " + String.join(" ", missing));
        }
        return untold;
    }

    private void settings() {
        Query.Row settings = link.rows(
                        "SELECT current_setting('wal_level') AS level, current_setting('server_version_num')::int AS version,"
                                + " current_setting('server_version') AS shown")
                .get(0);
        if (settings.number("version") < VERSION_MIN) {
            throw new UsageException(url + " is PostgreSQL " + settings.text("shown")
                    + ": expected 14 or later, whose log tells of marks that are set in it");
        }
        if (!settings.text("level").equals("logical")) {
            throw new UsageException(url + ": expected wal_level = logical, found " + settings.text("level")
                    + ". Run ALTER SYSTEM SET wal_level = 'logical'; and restart the server");
        }
    }

    private void check(String name, Query.Row row) {
        String table = PgLink.quoted(url.schema()) + "." + PgLink.quoted(name);
        if (row.text("relpersistence").equals("u")) {
            throw new UsageException(
                    url + ": table " + table + " is UNLOGGED, so PostgreSQL's log does not tell of it. Run"
                            + " ALTER TABLE " + table + " SET LOGGED; or leave it out with --exclude-table " + name);
        }
        String identity = row.text("relreplident");
        if (!identity.equals("d") && !identity.equals("f")) {
            throw new UsageException(url + ": the replica identity of table " + table
                    + " is not its primary key, so PostgreSQL's log does not name deleted rows by it. Run ALTER TABLE "
                    + table + " REPLICA IDENTITY DEFAULT;");
        }
    }
}
