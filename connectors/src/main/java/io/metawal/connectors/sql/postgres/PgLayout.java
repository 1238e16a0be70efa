package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What PostgreSQL's catalog says of a schema's tables, and of the publication, in one short text: what describes them, and behind a space the
 * traces of what leads back to the same description, which every position keeps.
 *
 * <pre>
 * publication.tables.columns.files.tags
 *   publication  its row, and that of the schema in it
 *   tables       of each captured table the oid, the row of its row type (a renaming, a move), that in the publication, and the columns' numbers
 *   columns      the rows of its columns: anything done to a column
 *   files        where its rows are: TRUNCATE, VACUUM FULL, CLUSTER and whatever rewrites it
 *   tags         two characters for each table, by name; none where there are too many
 * </pre>
 *
 * A column whose values were computed anew has another row, and its table another file. Each alone leaves the values as they were.
 */
record PgLayout(String publication, String tables, String columns, String files, String tags) {
    static final String FACT = "layout";

    private static final String DESCRIBED =
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
                    + " UNION ALL SELECT concat_ws(' ', 'value', e.oid, e.enumsortorder, quote_literal(e.enumlabel)) FROM pg_enum e"
                    + " UNION ALL SELECT concat_ws(' ', 'publication', p.oid, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,"
                    + " p.pubtruncate, m.tablename) FROM pg_publication p LEFT JOIN pg_publication_tables m ON m.pubname = p.pubname"
                    + " AND m.schemaname = ? WHERE p.pubname = ?)"
                    + " SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")) FROM lines";
    private static final String TABLES =
            "SELECT c.relname, c.relfilenode, concat_ws(' ', c.oid, (SELECT y.xmin FROM pg_type y WHERE y.oid = c.reltype),"
                    + " (SELECT concat_ws(' ', 'in', r.oid, r.xmin) FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid"
                    + " WHERE r.prrelid = c.oid AND p.pubname = ?),"
                    + " string_agg(concat_ws(' ', a.attnum, quote_ident(a.attname)), ' ' ORDER BY a.attnum)) AS identity,"
                    + " string_agg(a.xmin::text, ' ' ORDER BY a.attnum) AS versions"
                    + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid"
                    + " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
                    + " WHERE n.nspname = ? AND c.relkind = 'r' AND c.relpersistence <> 't' GROUP BY c.oid";
    private static final String PUBLICATION =
            "SELECT concat_ws(' ', p.oid, p.xmin, p.puballtables) FROM pg_publication p WHERE p.pubname = ?";
    private static final String HAS_SCHEMAS = "SELECT to_regclass('pg_catalog.pg_publication_namespace') IS NOT NULL";
    private static final String SCHEMA =
            "SELECT concat_ws(' ', s.oid, s.xmin) FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid"
                    + " JOIN pg_namespace n ON n.oid = s.pnnspid WHERE p.pubname = ? AND n.nspname = ?";

    private static final int PARTS = 5;
    private static final int HASH_CHARS = 12;
    private static final int TAG_CHARS = 2;
    private static final int TAGS_MAX = 200;

    static String ask(PgLink link, String schema, String publication, Predicate<String> wanted) {
        String described = link.value(DESCRIBED, schema, schema, publication);
        List<Query.Row> tables = link.rows(TABLES, publication, schema).stream()
                .filter(row -> wanted.test(row.text("relname")))
                .sorted(Comparator.comparing(row -> row.text("relname")))
                .toList();
        String published = link.value(PUBLICATION, publication) + " "
                + ("t".equals(link.value(HAS_SCHEMAS)) ? link.value(SCHEMA, publication, schema) : "");
        return (described == null ? "empty" : described) + " "
                + new PgLayout(
                        hash(published),
                        all(tables, row -> row.text("identity")),
                        all(tables, row -> row.text("versions")),
                        all(tables, row -> row.text("relfilenode")),
                        tags(tables));
    }

    private static String all(List<Query.Row> tables, Function<Query.Row, String> of) {
        return hash(tables.stream().map(of).collect(Collectors.joining("\n")));
    }

    private static String tags(List<Query.Row> tables) {
        return tables.size() > TAGS_MAX
                ? ""
                : tables.stream()
                        .map(row -> hash(row.text("identity") + "\n" + row.text("versions"))
                                .substring(0, TAG_CHARS))
                        .collect(Collectors.joining());
    }

    private static String hash(String text) {
        byte[] sum = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().encodeToString(sum).substring(0, HASH_CHARS);
    }

    /** What positions keep of a layout. */
    static String kept(String layout) {
        return layout.substring(layout.indexOf(' ') + 1);
    }

    private static Optional<PgLayout> parse(String layout) {
        String[] parts = kept(layout).split("\\.", -1);
        return parts.length == PARTS
                ? Optional.of(new PgLayout(parts[0], parts[1], parts[2], parts[3], parts[4]))
                : Optional.empty();
    }

    /**
     * How rows may have changed from one layout to another that the log does not tell.
     *
     * @param known the captured tables, whose names are the same in both
     */
    static Optional<String> untold(String before, String now, Collection<SqlTable> known, String publication) {
        return parse(before).flatMap(then -> parse(now).flatMap(is -> then.untold(is, known, publication)));
    }

    private Optional<String> untold(PgLayout now, Collection<SqlTable> known, String of) {
        List<String> reasons = new ArrayList<>();
        if (!publication.equals(now.publication)) {
            reasons.add("the publication \"" + of + "\" was altered, or made anew: it may not have told everything");
        }
        if (!tables.equals(now.tables) || !columns.equals(now.columns) && !files.equals(now.files)) {
            reasons.add(names(now, known) + ": it or a column of it was made anew, rewritten or renamed, or it left the"
                    + " publication for a while, so that its rows may differ from what the log told");
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    private String names(PgLayout now, Collection<SqlTable> known) {
        List<SqlTable> sorted =
                known.stream().sorted(Comparator.comparing(SqlTable::name)).toList();
        List<String> differ = new ArrayList<>();
        if (tags.length() == sorted.size() * TAG_CHARS && tags.length() == now.tags.length()) {
            for (int i = 0; i < sorted.size(); i++) {
                if (!tags.regionMatches(i * TAG_CHARS, now.tags, i * TAG_CHARS, TAG_CHARS)) {
                    differ.add(sorted.get(i).toString());
                }
            }
        }
        return differ.isEmpty() ? "a captured table" : "table " + String.join(", table ", differ);
    }

    @Override
    public String toString() {
        return String.join(".", publication, tables, columns, files, tags);
    }
}
