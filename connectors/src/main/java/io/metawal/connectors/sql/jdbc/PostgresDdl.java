package io.metawal.connectors.sql.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A column of PostgreSQL in the words of {@code CREATE TABLE}. */
final class PostgresDdl {
    private static final String SEQUENCE =
            "SELECT quote_ident(c.relname) AS name, format_type(s.seqtypid, NULL) AS type, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,"
                    + " s.seqcache, s.seqcycle FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE s.seqrelid = ?::regclass";

    /** A default that takes the next value of a sequence. */
    private static final Pattern NEXT = Pattern.compile("nextval\\('((?:[^']|'')+)'::regclass\\)");

    private PostgresDdl() {}

    /**
     * @param before statements that the table needs first
     * @param after statements that need the table
     */
    record Column(List<String> before, String line, List<String> after) {}

    static Column column(Connection connection, String table, Query.Row column) throws SQLException {
        String name = quoted(column.text("attname"));
        StringBuilder line = new StringBuilder(name).append(' ').append(column.text("declared"));
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        if (!column.isNull("collation")) {
            line.append(" COLLATE ").append(column.text("collation"));
        }
        String identity = column.text("attidentity");
        if (!identity.isEmpty()) {
            Query.Row sequence = sequence(connection, column);
            line.append(" GENERATED ")
                    .append(identity.equals("a") ? "ALWAYS" : "BY DEFAULT")
                    .append(" AS IDENTITY (SEQUENCE NAME ")
                    .append(sequence.text("name"))
                    .append(options(sequence))
                    .append(')');
        } else if (!column.text("attgenerated").isEmpty()) {
            line.append(" GENERATED ALWAYS AS (")
                    .append(column.text("expression"))
                    .append(column.text("attgenerated").equals("s") ? ") STORED" : ") VIRTUAL");
        } else if (!column.isNull("expression")) {
            line.append(" DEFAULT ").append(column.text("expression"));
        }
        if (identity.isEmpty() && column.isNull("sequence") && !column.isNull("expression")) {
            Matcher next = NEXT.matcher(column.text("expression"));
            if (next.matches()) {
                before.add(create(
                        "CREATE SEQUENCE IF NOT EXISTS ",
                        sequence(connection, next.group(1).replace("''", "'"))));
            }
        }
        if (identity.isEmpty() && !column.isNull("sequence")) {
            Query.Row sequence = sequence(connection, column);
            before.add(create("CREATE SEQUENCE ", sequence));
            after.add("ALTER SEQUENCE " + sequence.text("name") + " OWNED BY " + quoted(table) + "." + name);
        }
        if (column.holds("attnotnull")) {
            line.append(" NOT NULL");
        }
        return new Column(before, line.toString(), after);
    }

    private static String create(String how, Query.Row sequence) {
        return how + sequence.text("name") + " AS " + sequence.text("type") + options(sequence);
    }

    private static Query.Row sequence(Connection connection, Query.Row column) throws SQLException {
        return sequence(connection, column.text("sequence"));
    }

    private static Query.Row sequence(Connection connection, String name) throws SQLException {
        return Query.rows(connection, SEQUENCE, name).get(0);
    }

    private static String options(Query.Row sequence) {
        return " START " + sequence.text("seqstart") + " INCREMENT " + sequence.text("seqincrement") + " MINVALUE "
                + sequence.text("seqmin") + " MAXVALUE " + sequence.text("seqmax") + " CACHE "
                + sequence.text("seqcache") + (sequence.holds("seqcycle") ? " CYCLE" : "");
    }

    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
