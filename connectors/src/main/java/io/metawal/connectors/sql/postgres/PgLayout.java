package io.metawal.connectors.sql.postgres;

/** What PostgreSQL's catalog says of a schema's tables, and of the publication, in one short text. */
final class PgLayout {
    private static final String QUERY =
            "WITH tables AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ? AND c.relkind IN ('r','p') AND c.relpersistence <> 't'),"
                    + " lines AS (SELECT concat_ws(' ', 'table', oid, relname, relkind, relpersistence, relreplident) AS line FROM tables"
                    + " UNION ALL SELECT concat_ws(' ', 'column', a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,"
                    + " a.attidentity, a.attgenerated, a.attcollation, md5(pg_get_expr(d.adbin, d.adrelid))) FROM pg_attribute a"
                    + " JOIN tables t ON t.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
                    + " WHERE a.attnum > 0 AND NOT a.attisdropped"
                    + " UNION ALL SELECT concat_ws(' ', 'index', i.indexrelid, i.indrelid, i.indisprimary, i.indisunique, i.indkey,"
                    + " i.indisvalid) FROM pg_index i JOIN tables t ON t.oid = i.indrelid"
                    + " UNION ALL SELECT concat_ws(' ', 'constraint', o.oid, o.conname, o.convalidated) FROM pg_constraint o"
                    + " JOIN tables t ON t.oid = o.conrelid WHERE o.contype <> 'n'"
                    + " UNION ALL SELECT concat_ws(' ', 'publication', p.oid, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,"
                    + " p.pubtruncate, m.tablename) FROM pg_publication p LEFT JOIN pg_publication_tables m ON m.pubname = p.pubname"
                    + " AND m.schemaname = ? WHERE p.pubname = ?)"
                    + " SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")) FROM lines";

    private PgLayout() {}

    static String ask(PgLink link, String schema, String publication) {
        String found = link.value(QUERY, schema, schema, publication);
        return found == null ? "empty" : found;
    }
}
