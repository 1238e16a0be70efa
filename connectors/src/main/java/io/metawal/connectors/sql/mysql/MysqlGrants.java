package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.mysql.Flavour.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a user lacks, by what {@code SHOW GRANTS} prints for it. */
final class MysqlGrants {
    private static final Pattern GRANT = Pattern.compile(
            "GRANT (.+?) ON (?:TABLE )?(\\*|`(?:[^`]|``)*`)\\.(\\*|`(?:[^`]|``)*`) TO .*", Pattern.CASE_INSENSITIVE);

    private MysqlGrants() {}

    /**
     * The statements that grant what is missing.
     *
     * @param rights that are needed
     * @param grants lines of {@code SHOW GRANTS}
     * @param user as it stands in a statement
     */
    static List<String> missing(List<Right> rights, List<String> grants, String schema, String user) {
        List<String> statements = new ArrayList<>();
        for (Right.On on : Right.On.values()) {
            String where = on == Right.On.SERVER ? "*" : schema;
            String lacking = rights.stream()
                    .filter(right -> right.on() == on && !has(grants, right, where))
                    .map(Right::name)
                    .collect(Collectors.joining(", "));
            String place = on == Right.On.SERVER ? "*.*" : "`" + schema.replace("`", "``") + "`.*";
            if (!lacking.isEmpty()) {
                statements.add("GRANT " + lacking + " ON " + place + " TO " + user + ";");
            }
        }
        return statements;
    }

    private static boolean has(List<String> grants, Right right, String schema) {
        for (String line : grants) {
            Matcher matcher = GRANT.matcher(line);
            if (matcher.matches() && matcher.group(3).equals("*") && covers(matcher.group(2), schema)) {
                List<String> given =
                        List.of(matcher.group(1).toUpperCase(Locale.ROOT).split(",\\s*", -1));
                if (given.contains("ALL PRIVILEGES")
                        || given.contains("ALL")
                        || given.contains(right.name())
                        || given.stream().anyMatch(right.or()::contains)) {
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
