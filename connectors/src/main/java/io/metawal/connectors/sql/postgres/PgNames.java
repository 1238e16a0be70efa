package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.UsageException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** What a capture leaves in the database: {@code metawal_<database>_<name>}, unless other names are given. */
record PgNames(String slot, String publication) {
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final int SHORT_MAX = 50;

    static PgNames of(SqlUrl url, SqlSourceOptions options) {
        String slot = options.slot().isEmpty()
                ? derived("metawal_" + url.database() + "_" + (url.schema().equals("public") ? "" : url.schema() + "_")
                        + options.name())
                : options.slot();
        if (!SLOT.matcher(slot).matches()) {
            throw new UsageException(
                    "\"" + slot + "\" is no name of a replication slot: expected at most 63 of a-z, 0-9 and _");
        }
        return new PgNames(slot, options.publication().isEmpty() ? slot : options.publication());
    }

    private static String derived(String name) {
        if (SLOT.matcher(name).matches()) {
            return name;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return plain.substring(0, Math.min(SHORT_MAX, plain.length())) + "_"
                + HexFormat.of().toHexDigits((int) checksum.getValue());
    }
}
