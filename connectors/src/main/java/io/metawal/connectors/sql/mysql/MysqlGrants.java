package io.metawal.connectors.sql.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a user lacks, by what {@code SHOW GRANTS} prints for it. */
final class MysqlGrants {
    private static final Pattern GRANT = Pattern.compile(
            "GRANT (.+?) ON (?:TABLE )?(\\*|`(?:[^`]|``)*`)\\.(\\*|`(?:[^`]|``)*`) TO .*", Pattern.CASE_INSENSITIVE);
    private static final List<String> REPLICA = List.of("REPLICATION SLAVE", "REPLICATION REPLICA");
    private static final List<String> MONITOR = List.of("BINLOG MONITOR", "REPLICATION CLIENT");

    private MysqlGrants() {}

    /**
     * The statements that grant what is missing.
     *
     * @param grants lines of {@code SHOW GRANTS}
     * @param user as it stands in a statement
     */
    static List<String> missing(List<String> grants, String schema, String user) {
        List<String> lacking = new ArrayList<>();
        if (!has(grants, REPLICA, "*")) {
            lacking.add("REPLICATION SLAVE");
        }
        if (!has(grants, MONITOR, "*")) {
            lacking.add("BINLOG MONITOR");
        }
        List<String> statements = new ArrayList<>();
        if (!lacking.isEmpty()) {
            statements.add("GRANT " + String.join(", ", lacking) + " ON *.* TO " + user + ";");
        }
        if (!has(grants, List.of("SELECT"), schema)) {
            statements.add("GRANT SELECT ON `" + schema.replace("`", "``") + "`.* TO " + user + ";");
        }
        return statements;
    }

    private static boolean has(List<String> grants, List<String> anyOf, String schema) {
        for (String line : grants) {
            Matcher matcher = GRANT.matcher(line);
            if (matcher.matches() && matcher.group(3).equals("*") && covers(matcher.group(2), schema)) {
                List<String> given =
                        List.of(matcher.group(1).toUpperCase(Locale.ROOT).split(",\\s*", -1));
                if (given.contains("ALL PRIVILEGES")
                        || given.contains("ALL")
                        || given.stream().anyMatch(anyOf::contains)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** In the name of a database {@code _} and {@code %} stand for others, unless a backslash is before them. */
    private static boolean covers(String on, String schema) {
        if (on.equals("*")) {
            return true;
        }
        if (schema.equals("*")) {
            return false;
        }
        String name = on.substring(1, on.length() - 1).replace("``", "`");
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\' && i + 1 < name.length()) {
                pattern.append(Pattern.quote(String.valueOf(name.charAt(++i))));
            } else {
                pattern.append(c == '_' ? "." : c == '%' ? ".*" : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL)
                .matcher(schema)
                .matches();
    }
}
