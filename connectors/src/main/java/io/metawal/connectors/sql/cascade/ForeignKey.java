package io.metawal.connectors.sql.cascade;

import io.metawal.connectors.sql.row.SqlTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A foreign key of a table.
 *
 * @param parentSchema empty for the table's own
 */
record ForeignKey(
        SqlTable child,
        List<String> columns,
        String parentSchema,
        String parent,
        List<String> parentColumns,
        Action onDelete,
        Action onUpdate) {
    private static final String NAME = "`((?:[^`]|``)*)`";
    private static final Pattern FORM =
            Pattern.compile("FOREIGN KEY \\(([^)]*)\\) REFERENCES (?:" + NAME + "\\.)?" + NAME
                    + " \\(([^)]*)\\)(?: ON DELETE (CASCADE|SET NULL|RESTRICT|NO ACTION|SET DEFAULT))?"
                    + "(?: ON UPDATE (CASCADE|SET NULL|RESTRICT|NO ACTION|SET DEFAULT))?");
    private static final Pattern NAMES = Pattern.compile(NAME);

    /** What becomes of a row when the one that it refers to goes, or gets another key. */
    enum Action {
        NOTHING,
        CASCADE,
        SET_NULL;

        static Action of(String words) {
            return switch (words.toUpperCase(Locale.ROOT)) {
                case "CASCADE" -> CASCADE;
                case "SET NULL" -> SET_NULL;
                default -> NOTHING;
            };
        }
    }

    /** Those of a table, out of the statements that make them. */
    static List<ForeignKey> of(SqlTable table) {
        List<ForeignKey> keys = new ArrayList<>();
        for (String link : table.links()) {
            Matcher matcher = FORM.matcher(link);
            if (matcher.find()) {
                keys.add(new ForeignKey(
                        table,
                        names(matcher.group(1)),
                        Optional.ofNullable(matcher.group(2))
                                .map(ForeignKey::bare)
                                .orElse(""),
                        bare(matcher.group(3)),
                        names(matcher.group(4)),
                        Action.of(Optional.ofNullable(matcher.group(5)).orElse("")),
                        Action.of(Optional.ofNullable(matcher.group(6)).orElse(""))));
            }
        }
        return keys;
    }

    private static List<String> names(String list) {
        return NAMES.matcher(list).results().map(name -> bare(name.group(1))).toList();
    }

    private static String bare(String quoted) {
        return quoted.replace("``", "`");
    }

    /** Whether rows of the child change without a word in the log. */
    boolean acts() {
        return onDelete != Action.NOTHING || onUpdate != Action.NOTHING;
    }
}
