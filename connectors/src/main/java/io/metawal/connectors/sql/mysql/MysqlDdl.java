package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogGroup.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a statement in the binary log, which tells no rows, may have done to the tables of a database. Where it cannot be told, it is taken
 * for a change.
 *
 * @param table of a truncation; else empty
 * @param words the statement's beginning, for messages
 */
record MysqlDdl(Kind kind, String table, String words) {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final String NAME = "(?:`((?:[^`]|``)+)`|([\\w$]+))";
    private static final Pattern COMMENTS =
            Pattern.compile("/\\*(?![!M]).*?\\*/|--[ \\t][^\\n]*\\n|#[^\\n]*\\n", Pattern.DOTALL);
    private static final Pattern FOR_ONE = Pattern.compile("^SET\\s+STATEMENT\\s.*?\\sFOR\\s+", FLAGS);
    private static final Pattern TRUNCATE = Pattern.compile(
            "^TRUNCATE\\s+(?:TABLE\\s+)?(?:" + NAME + "\\s*\\.\\s*)?" + NAME + "(?:\\s+(?:WAIT|NOWAIT).*)?;?\\s*$",
            FLAGS);
    private static final Pattern HARMLESS = Pattern.compile(
            "^(?:(?:CREATE|ALTER|DROP)\\s+(?:OR\\s+REPLACE\\s+)?(?:ALGORITHM\\s*=\\s*\\w+\\s+)?(?:DEFINER\\s*=\\s*\\S+\\s+)?(?:SQL\\s+SECURITY\\s+\\w+\\s+)?"
                    + "(?:AGGREGATE\\s+)?(?:TEMPORARY|VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|USER|ROLE|SERVER|PACKAGE|SEQUENCE)\\b"
                    + "|(?:GRANT|REVOKE|ANALYZE|FLUSH|CHECK|SET\\s+(?:PASSWORD|DEFAULT|ROLE)|RENAME\\s+USER|INSTALL|UNINSTALL|COMMENT|ALTER\\s+DATABASE|ALTER\\s+SCHEMA|CREATE\\s+DATABASE|CREATE\\s+SCHEMA)\\b"
                    + "|#|$).*",
            FLAGS);
    private static final Pattern INDEX = Pattern.compile(
            "^(?:CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:UNIQUE\\s+|FULLTEXT\\s+|SPATIAL\\s+)?|DROP\\s+)INDEX\\b.*", FLAGS);
    private static final int WORDS_MAX = 120;

    enum Kind {
        /** Nothing of a table. */
        NOTHING,
        /** All rows of a table went. */
        TRUNCATE,
        /** How a table is described, but no rows, nor how they are told. */
        DESCRIPTION,
        /** Whatever it likes. */
        TABLES
    }

    static MysqlDdl of(Statement statement, String schema) {
        String sql = FOR_ONE.matcher(
                        COMMENTS.matcher(statement.sql()).replaceAll(" ").strip())
                .replaceFirst("")
                .strip();
        String line = sql.replaceAll("\\s+", " ");
        String words = line.length() <= WORDS_MAX ? line : line.substring(0, WORDS_MAX) + "…";
        Matcher truncate = TRUNCATE.matcher(sql);
        if (truncate.matches()) {
            String of = name(truncate, 1);
            boolean ours = (of.isEmpty() ? statement.database() : of).equals(schema);
            return new MysqlDdl(ours ? Kind.TRUNCATE : Kind.NOTHING, ours ? name(truncate, 3) : "", words);
        }
        if (!concerns(statement, schema) || HARMLESS.matcher(sql).matches()) {
            return new MysqlDdl(Kind.NOTHING, "", words);
        }
        return new MysqlDdl(INDEX.matcher(sql).matches() ? Kind.DESCRIPTION : Kind.TABLES, "", words);
    }

    private static String name(Matcher matcher, int group) {
        String quoted = matcher.group(group);
        String bare = matcher.group(group + 1);
        return quoted != null ? quoted.replace("``", "`") : bare != null ? bare : "";
    }

    /** Issued in the database, or with its name as a word anywhere in it. */
    private static boolean concerns(Statement statement, String schema) {
        return statement.database().equalsIgnoreCase(schema)
                || Pattern.compile("(?<![\\w$])" + Pattern.quote(schema) + "(?![\\w$])", Pattern.CASE_INSENSITIVE)
                        .matcher(statement.sql())
                        .find();
    }
}
