package io.metawal.connectors.sql;

import io.metawal.metadata.commit.Space;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** The spaces of a captured database. */
public final class SqlSpaces {
    /** For each table whose key the database hands out: the largest value known, as decimal text. */
    public static final Space AUTO_INCREMENT = new Space("id.auto_increment");

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_-]{1,28}");
    private static final int SHORT_MAX = 18;

    private SqlSpaces() {}

    /** {@code sql.<schema>.<table>}; a name that a space cannot have is written with what it can, and a checksum behind it. */
    public static Space of(String schema, String table) {
        return Space.of("sql." + word(schema) + "." + word(table));
    }

    private static String word(String name) {
        if (PLAIN.matcher(name).matches()) {
            return name;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(name.getBytes(StandardCharsets.UTF_8));
        String kept = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
        return kept.substring(0, Math.min(SHORT_MAX, kept.length())) + "-"
                + HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
